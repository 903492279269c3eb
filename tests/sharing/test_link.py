import zlib
from urllib.parse import parse_qs

import numpy as np
import pytest

from causal_explorer.data import dsprites
from causal_explorer.scm.stories import read_story
from causal_explorer.sharing.link import (
    from_params,
    packed,
    query_string,
    to_params,
    unpack_picture,
    unpack_story,
    unpacked_bytes,
)
from causal_explorer.sharing.question import Question, named_or_told
from tests.ui.small import HEART, NAMES

SPRITE = tuple(zip(NAMES, HEART, strict=True))
BITS = np.packbits(dsprites.render(np.array([HEART]))[0]).tobytes()
TOLD = read_story("confounded").to_toml()
QUESTIONS = [
    Question("scm-vae", "chain", SPRITE, (("shape", 0), ("posX", 31)), 10, 7, "monotone"),
    Question("scm-vae-mlp", "default", SPRITE, (), 1000, 0, "gumbel", "image"),
    Question("scm-vae", TOLD, SPRITE, (("scale", 5),), 1, 2**31 - 1, "gumbel"),
    Question(
        "scm-vae", "default", SPRITE, (("posY", 0),), 100, 1, "gumbel", "factors", ("shape", "posX")
    ),
    Question("scm-vae", "default", SPRITE, (("scale", 0),), 9, 3, "gumbel", "upload", (), BITS),
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_link_holds_all_of_a_question(question):
    address = query_string(to_params(question, dsprites.FACTORS))
    assert from_params(parse_qs(address), dsprites.FACTORS) == question


def test_a_link_stays_short():
    longest = max(len(query_string(to_params(q, dsprites.FACTORS))) for q in QUESTIONS)
    assert longest < 2_000  # what every browser and chat takes


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_name_of_a_link_is_needed(question):
    params = to_params(question, dsprites.FACTORS)
    for name in params:
        if name in ("do", "known"):
            continue
        short = {key: values for key, values in params.items() if key != name}
        with pytest.raises(ValueError, match=f"lacks {name}"):
            from_params(short, dsprites.FACTORS)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("shape", "star", "shape='star' is not a class"),
        ("posX", "32", "posX=32 is not a class"),
        ("samples", "0", "samples is 0"),
        ("samples", "-1", "samples is '-1'"),
        ("seed", "1e400", "seed is '1e400'"),
        ("seed", "²", "seed is"),
        ("coupling", "none", "coupling='none' is unknown"),
        ("story", "lost", "story='lost'"),
        ("evidence", "hearsay", "evidence='hearsay'"),
        ("seed", "9" * 5_000, "seed is"),
        ("posX", "9" * 5_000, "is not a class"),
    ],
)
def test_a_value_that_no_input_takes_is_one_sentence(name, value, words):
    params = to_params(QUESTIONS[0], dsprites.FACTORS) | {name: [value]}
    with pytest.raises(ValueError, match=words):
        from_params(params, dsprites.FACTORS)


@pytest.mark.parametrize("text", ["/etc/passwd", "default", "runs/mine.toml", "shape = 1"])
def test_a_story_in_a_link_is_a_text_and_never_a_file_or_a_name(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "mine.toml").write_text("password = 'hunter2'")
    params = to_params(QUESTIONS[2], dsprites.FACTORS) | {"told": [packed(text.encode())]}
    question = from_params(params, dsprites.FACTORS)
    if text != "default":
        with pytest.raises(ValueError, match="The story edited") as refused:
            named_or_told(question.story)
        assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("model", ["../../../../etc", "/tmp", "recogniser", "runs/mine"])
def test_a_model_in_a_link_is_a_shipped_one(model):
    params = to_params(QUESTIONS[0], dsprites.FACTORS) | {"model": [model]}
    with pytest.raises(ValueError, match="it takes scm-vae, scm-vae-mlp"):
        from_params(params, dsprites.FACTORS)


@pytest.mark.parametrize("params", [None, [], "x", {"do": None}, {"shape": [5]}, {"do": "shape"}])
def test_what_is_no_link_is_one_sentence(params):
    with pytest.raises(ValueError, match=r"link .*\.$"):
        from_params(params, dsprites.FACTORS)


@pytest.mark.parametrize("name", ["do", "known"])
def test_a_factor_that_is_none_is_one_sentence(name):
    params = to_params(QUESTIONS[0], dsprites.FACTORS) | {name: ["hue"]}
    with pytest.raises(ValueError, match=f"{name}='hue': there is no such factor"):
        from_params(params, dsprites.FACTORS)


@pytest.mark.parametrize("text", ["", "x", "%%%", "é", packed(b"heart")[:-3], "A" * 5_000])
def test_a_damaged_link_is_one_sentence(text):
    with pytest.raises(ValueError, match=r"The link is damaged: .*\."):
        unpacked_bytes(text, 512)


@pytest.mark.parametrize("size", [0, 1, 511, 512])
def test_what_is_packed_unpacks_up_to_its_limit(size):
    content = bytes(range(256)) * 2
    assert unpacked_bytes(packed(content[:size]), 512) == content[:size]


@pytest.mark.parametrize("size", [513, 2_000])
def test_a_link_cannot_unpack_to_more_than_what_it_is_for_takes(size):
    with pytest.raises(ValueError, match="holds too much, over 512 bytes"):
        unpacked_bytes(packed(bytes(size)), 512)
    with pytest.raises(ValueError, match="holds too much, over 16,384 bytes"):
        unpack_story(packed(b" " * 16_385))
    assert len(unpack_story(packed(b" " * 16_384))) == 16_384
    with pytest.raises(ValueError, match="holds too much, over 512 bytes"):
        unpack_picture(packed(bytes(size)))


def test_unpacking_stops_at_its_limit(monkeypatch):
    """What zlib is asked for is bounded, not only what comes of it."""
    asked = []

    class Spy:
        def __init__(self):
            self.own = plain()
            self.eof = False

        def decompress(self, content, most):
            asked.append(most)
            return self.own.decompress(content, most)

    plain = zlib.decompressobj
    monkeypatch.setattr(zlib, "decompressobj", Spy)
    with pytest.raises(ValueError, match="holds too much"):
        unpack_story(packed(bytes(20_000)))
    assert asked == [16_385]


def test_a_picture_of_another_size_is_refused():
    with pytest.raises(ValueError, match="its picture has 511 bytes, not 512"):
        unpack_picture(packed(bytes(511)))
