import pytest

from benchmarks.kept import add
from benchmarks.options import parser, recorded
from causal_explorer import checkpoint


@pytest.mark.parametrize(
    ("given", "command"),
    [
        (["--small", "--save"], "python -m benchmarks --small"),
        (["--save"], "python -m benchmarks"),
        (["--save", "--device", "my gpu"], "python -m benchmarks --device 'my gpu'"),
    ],
)
def test_what_is_recorded_prints_the_same_again(given, command):
    assert recorded(parser("", None), given) == command


def test_the_command_line_itself_is_recorded_where_none_is_given(monkeypatch):
    monkeypatch.setattr("sys.argv", ["benchmarks/evidence.py", "--images", "5", "--save"])
    assert recorded(parser("evidence", None), None) == "python -m benchmarks.evidence --images 5"


def test_figures_of_one_command_are_renewed_whatever_it_was_asked(tmp_path):
    (tmp_path / "SHA256SUMS").write_text("")
    row = {"name": "a", "ours": 1, "paper": None, "unit": "", "data": "", "note": ""}
    add(tmp_path, {"command": "python -m benchmarks.evidence", "metrics": [row]})
    add(tmp_path, {"command": "python -m benchmarks.disturbed", "metrics": [row | {"name": "b"}]})
    own = {"command": "python -m benchmarks.evidence --images 5", "metrics": [row | {"ours": 2}]}
    add(tmp_path, own)
    rows = checkpoint.study(tmp_path)["metrics"]
    assert [(r["name"], r["ours"]) for r in rows] == [("b", 1), ("a", 2)]
