import json
import os

import pytest

from causal_explorer.run_log import logged, read_log

GOOD = {"step": 1, "images": 64, "seconds": 0.5, "train_loss": 700.0}


@pytest.mark.parametrize(
    "odd",
    [
        {"step": -1},
        {"images": 1e300},
        {"seconds": 10**400},
        {"seconds": True},
        {"train_loss": float("nan")},
        {"step": "1"},
        {"step": None},
    ],
    ids=str,
)
def test_a_line_of_odd_numbers_is_left_out_and_counted(odd, tmp_path):
    log = tmp_path / "metrics.jsonl"
    log.write_text("".join(json.dumps(line) + "\n" for line in (GOOD, GOOD | odd, GOOD)))
    lines, note = read_log(log)
    assert list(lines) == [GOOD, GOOD]
    assert note == f"{log}: 1 line, damaged or half-written, left out."


def test_a_number_beside_those_that_are_needed_costs_itself_alone(tmp_path):
    log = tmp_path / "metrics.jsonl"
    log.write_text(json.dumps(GOOD | {"kl_nats": float("inf"), "lr": 1e200}) + "\n")
    assert read_log(log) == ((GOOD,), "")


def test_a_log_that_is_too_long_is_left_out(tmp_path):
    log = tmp_path / "metrics.jsonl"
    with log.open("wb") as file:
        file.truncate(2**27)  # sparse: it takes no room
    lines, note = read_log(log)
    assert lines == ()
    assert "more than 67,108,864 bytes" in note


def test_a_folder_whose_name_cannot_be_shown_is_in_nobodys_way(tmp_path):
    for name in ("fine", "bell\a", "line\nbreak", "right\u202eleft"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.jsonl").write_text("")
    raw = os.path.join(os.fsencode(tmp_path), b"bytes\xff")  # no text in UTF-8
    os.mkdir(raw)
    with open(os.path.join(raw, b"metrics.jsonl"), "wb"):
        pass
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "metrics.jsonl").mkdir()
    assert logged(tmp_path) == [(tmp_path / "fine").as_posix()]
    assert logged(tmp_path / "nowhere") == []
