"""Texts as editors write them, at every door that takes one."""

import codecs

import pytest

from causal_explorer.run_log import read_log
from causal_explorer.scm.stories import read_story
from causal_explorer.strict_json import parse_object
from causal_explorer.text import decoded, lines_of, read_text
from train.config import CONFIGS, read_config

WORDS = "eins = 1\nzwei = 'ä'\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old"])
@pytest.mark.parametrize("mark", [0, 1, 2, 3])
def test_marks_and_ends_of_lines_are_no_part_of_a_text(mark, end):
    assert decoded(mark * codecs.BOM_UTF8 + WORDS.replace("\n", end).encode()) == WORDS


def test_a_mark_is_one_only_at_the_start():
    assert decoded("a\ufeffb".encode()) == "a\ufeffb"
    assert decoded("\ufeff\ufeffb".encode()) == "b"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (WORDS.encode("utf-16"), "it is UTF-16, save it as UTF-8"),
        (codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"), "it is UTF-16, save it as UTF-8"),
        (WORDS.encode("utf-32"), "it is UTF-32, save it as UTF-8"),
        (WORDS.encode("utf-16-le"), "it holds zero bytes, save it as text in UTF-8"),
        (WORDS.encode("latin-1"), "its line 2 is not UTF-8, save it as UTF-8"),
    ],
)
def test_other_encodings_are_refused_by_name(content, said):
    with pytest.raises(ValueError, match=f"^{said}$"):
        decoded(content)


def test_blank_lines_at_the_end_are_no_lines():
    assert lines_of(b"a\r\n\r\nb \n\n  \n") == ["a", "", "b"]
    assert lines_of("a\u2028b\x0cc".encode()) == ["a\u2028b\x0cc"], "only ends of lines end one"
    assert lines_of(b"") == [""]


def test_a_file_may_have_so_many_bytes_and_no_more(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(codecs.BOM_UTF8 + b"12345")
    assert read_text(path) == read_text(path, 8) == "12345"
    with pytest.raises(ValueError, match="^it has more than 7 bytes$"):
        read_text(path, 7)


def as_written(text, kind):
    end, *marks = kind.split()
    text = text.replace("\n", {"windows": "\r\n", "unix": "\n"}[end]) + "\n\n"
    return len(marks) * codecs.BOM_UTF8 + text.encode()


every_way = pytest.mark.parametrize(
    "kind", ["unix", "windows", "unix marked", "windows marked twice", "unix marked three times"]
)


@every_way
def test_a_story_of_ones_own_is_read_however_it_was_saved(kind, tmp_path):
    own = read_story("chain")
    (tmp_path / "chain.toml").write_bytes(as_written(own.to_toml(), kind))
    assert read_story(tmp_path / "chain.toml") == own


@every_way
def test_a_config_of_ones_own_is_read_however_it_was_saved(kind, tmp_path):
    (tmp_path / "cevae.toml").write_bytes(
        as_written((CONFIGS / "cevae.toml").read_text(encoding="utf-8"), kind)
    )
    assert read_config(str(tmp_path / "cevae.toml")) == read_config("cevae")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1"])
def test_a_story_or_a_config_in_another_encoding_is_one_sentence(encoding, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes("summary = 'ä'\n".encode(encoding))
    for opened in (read_story, lambda path: read_config(str(path))):
        with pytest.raises(ValueError, match=r"cannot be read: it.* save it as UTF-8\.$"):
            opened(path)


def test_marks_are_no_part_of_json_or_of_a_log(tmp_path):
    line = '{"step": 1, "images": 2, "seconds": 3, "train_loss": 4}'
    for marks in ("", "\ufeff", "\ufeff\ufeff"):
        assert parse_object((marks + line).encode(), "a") == parse_object(line, "a")
        (tmp_path / "log").write_text(f"{marks}{line}\n{line}\n", encoding="utf-8")
        lines, note = read_log(tmp_path / "log")
        assert (len(lines), note) == (2, "")
