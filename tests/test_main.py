import json
import shutil
from types import SimpleNamespace

import pytest

from causal_explorer import __main__ as command
from causal_explorer import checkpoint


@pytest.fixture
def quick(monkeypatch):
    """What check was called with; it takes no time."""
    calls = []

    def check(explorer, queries, seed):
        calls.append((explorer.checkpoint.id, explorer.story.name, queries, seed))
        return SimpleNamespace(as_dict=lambda: {"queries": queries})

    monkeypatch.setattr(command, "check", check)
    monkeypatch.setattr(command, "table", lambda report: "a table")
    return calls


@pytest.mark.usefixtures("cache")
def test_a_whole_check_is_json_on_stdout(capsys):
    assert command.main(["check", "scm-vae", "--json", "--queries", "2"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["checkpoint"] == "scm-vae"
    assert found["truth"]["posY"]["queries"] == 2


def test_options_reach_the_check(quick, capsys):
    arguments = ["check", "scm-vae", "--queries", "7", "--seed", "5", "--story", "chain"]
    assert command.main(arguments) == 0
    assert command.main(["check", "scm-vae"]) == 0
    assert quick == [("scm-vae", "chain", 7, 5), ("scm-vae", "default", 1000, 0)]
    assert capsys.readouterr().out == "a table\na table\n"


def test_it_is_saved_beside_the_checkpoint_which_still_opens(quick, tmp_path, capsys):
    folder = tmp_path / "mine"
    shutil.copytree(checkpoint.find("scm-vae"), folder)
    assert command.main(["check", str(folder), "--json", "--save", "--queries", "9"]) == 0
    kept = json.loads((folder / "study.json").read_text())
    assert kept.pop("check") == {"queries": 9} == checkpoint.measured(folder)
    before = checkpoint.study("scm-vae")
    assert kept == {k: v for k, v in before.items() if k != "check"}, "the rest is as it was"
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"queries": 9}
    assert "study.json" in printed.err
    assert checkpoint.read(folder).id == "mine"


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("name", sorted(set(checkpoint.shipped_models()) - {"scm-vae-mlp"}))
def test_every_shipped_system_has_a_check_as_a_table_and_as_json(name, capsys):
    assert command.main(["check", name, "--json", "--queries", "2"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["checkpoint"], found["seed"]) == (name, 0)
    if name == "scm-vae":
        return
    assert command.main(["check", name, "--queries", "2"]) == 0
    printed = capsys.readouterr().out
    assert found["figures"]
    for figure in found["figures"]:
        assert figure["name"] in printed
        assert isinstance(figure["value"], (int, float)), figure
    assert printed.startswith(f"{name} on {found['data']}: 2 held-out units")


def test_full_asks_for_more(quick, capsys):
    assert command.main(["check", "scm-vae", "--full"]) == 0
    assert command.main(["check", "scm-vae", "--full", "--queries", "7"]) == 0
    assert [queries for _, _, queries, _ in quick] == [5_000, 7]


@pytest.mark.parametrize("spoil", ["empty", "file", "link"])
def test_what_is_no_checkpoint_is_one_sentence(spoil, tmp_path, capsys):
    place = tmp_path / "mine"
    if spoil == "empty":
        place.mkdir()
    elif spoil == "file":
        place.write_text("no folder")
    else:
        place.symlink_to(tmp_path / "nowhere")
    assert command.main(["check", str(place)]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("error: There is no checkpoint ")
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "required"),
        (["check"], "checkpoint"),
        (["frob"], "frob"),
        (["check", "nope"], "no checkpoint 'nope'"),
        (["check", "recogniser"], "recogniser"),
        (["check", "scm-vae", "--queries", "x"], "'x'"),
        (["check", "scm-vae", "--queries", "0"], "queries is 0"),
        (["check", "scm-vae", "--seed", "-1"], "seed is -1"),
        (["check", "scm-vae", "--story", "none"], "story='none'"),
        (["check", "scm-vae", "--what"], "--what"),
    ],
)
def test_bad_input_ends_in_one_sentence(arguments, words, capsys):
    assert command.main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_one_sentence(quick, monkeypatch, capsys):
    def refuse(report, name):
        raise OSError(30, "Read-only file system", "study.json")

    monkeypatch.setattr(command, "save", refuse)
    assert command.main(["check", "scm-vae", "--save"]) == 2
    assert "Read-only" in capsys.readouterr().err


def test_stopping_is_no_crash(monkeypatch, capsys):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "check", stop)
    assert command.main(["check", "scm-vae"]) == 130
    assert "Stopped" in capsys.readouterr().err
