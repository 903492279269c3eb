"""The guard before the parser; every input here is one that any parser takes in its stride."""

import pytest

from causal_explorer import toml
from causal_explorer.scm.stories import STORIES, read_story
from causal_explorer.scm.story import parse
from train.config import CONFIGS, read_config

THREE, TRIPLE = "'" * 3, '"' * 3


def key(parts):
    return ".".join("abcdefghijklmnop"[:parts])


@pytest.mark.parametrize(
    "text",
    [
        f"{key(8)} = 1",
        f"[{key(8)}]\nx = 1",
        f"[[{key(8)}]]",
        f"x = {{ {key(8)} = 1 }}",
        f"x = '{key(9)}'",
        f'x = "{key(9)}"',
        f'x = "\\"{key(9)}"',
        f'"{key(9)}" = 1',
        f"x = 1  # {key(9)} = 1",
        f"x = {THREE}\n{key(9)} = 1{THREE}",
        f'x = {TRIPLE}\n{key(9)} = "1" {TRIPLE}',
        f"x = {TRIPLE}\\{TRIPLE}\n{key(9)} = 1{TRIPLE}",
        "x = [1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]",
        "x = 2026-11-30 19:53:27.5",
        "x = '" + "[" * 17 + "'",
        "x = " + "[" * 16 + "]" * 16,
        "\n".join(f"[t{i}]\nx = [[[1]]]" for i in range(30)),
    ],
)
def test_what_a_story_may_need_is_read(text):
    assert toml.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{key(9)} = 1",
        f"[{key(9)}]\nx = 1",
        f"[[{key(9)}]]",
        f"x = {{ {key(9)} = 1 }}",
        key(9).replace(".", " . ") + " = 1",
        key(9).replace(".", "\t.") + " = 1",
        "'a'." + key(9).replace("a", '"a"') + " = 1",
        f'x = "a"\n{key(9)} = "b"',
        f"x = ''\n{key(9)} = 1",
        f"x = {TRIPLE}a{TRIPLE}\n{key(9)} = {TRIPLE}b{TRIPLE}",
        f"x = 1 # it's\n{key(9)} = 1 # isn't it",
    ],
)
def test_a_key_of_many_parts_is_refused_before_it_is_parsed(text, monkeypatch):
    monkeypatch.setattr(toml.tomllib, "loads", None)
    with pytest.raises(ValueError, match=r"^it has a key of (9|10) parts, of 8 at most$"):
        toml.loads(text)


@pytest.mark.parametrize("text", ["x = " + "[" * 17 + "]" * 17, "x = " + "{a=" * 9 + "[" * 8])
def test_deep_values_are_refused_before_they_are_parsed(text, monkeypatch):
    monkeypatch.setattr(toml.tomllib, "loads", None)
    with pytest.raises(ValueError, match="^it has more than 16 lists or tables within one ano"):
        toml.loads(text)


def test_a_long_text_is_refused_before_it_is_parsed(monkeypatch):
    assert toml.loads("#" * 16_384) == toml.loads("#" * 20, 20) == {}
    monkeypatch.setattr(toml.tomllib, "loads", None)
    with pytest.raises(ValueError, match="^it has 16,385 bytes, of 16,384 at most$"):
        toml.loads("#" * 16_385)
    with pytest.raises(ValueError, match="^it has 21 bytes, of 20 at most$"):
        toml.loads("#" + "ä" * 10, 20)


def test_what_is_no_toml_is_one_line():
    with pytest.raises(ValueError, match="^it is not TOML: [^\n]*$"):
        toml.loads("x = 1\nx = 2")


@pytest.mark.parametrize(
    "text", [TRIPLE, THREE, '"', "'", f"{TRIPLE}\\", '"\\', "x = '\ny = '", '"\n"']
)
def test_what_does_not_end_is_no_toml(text):
    with pytest.raises(ValueError, match="it is not TOML"):
        toml.loads(text)


def test_every_door_has_the_guard(tmp_path):
    """Stories from a text and a file, configs, and what is set on the command line."""
    text = f"{key(9)} = 1"
    (tmp_path / "mine.toml").write_text(text)
    doors = {
        "story": lambda: parse("mine", text),
        "file": lambda: read_story(tmp_path / "mine.toml"),
        "config": lambda: read_config(str(tmp_path / "mine.toml")),
        "--set": lambda: read_config("scm-vae", [text]),
    }
    for door in doors.values():
        with pytest.raises(ValueError, match=r"a key of 9 parts, of 8 at most\.$"):
            door()


def test_what_comes_with_the_project_is_far_below_the_limits():
    assert all(len(read_story(name).to_toml()) < toml.STORY / 10 for name in STORIES)
    assert all(path.stat().st_size < toml.CONFIG / 10 for path in CONFIGS.glob("*.toml"))
