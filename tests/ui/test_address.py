"""What an address says and no control can hold is said, with what is taken instead."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import APP

PAGES = APP.parent / "causal_explorer/ui/pages"


def opened(page, **address):
    found = AppTest.from_file(str(APP), default_timeout=90)
    found.query_params.update(address)
    if page != "explore":
        found.switch_page(str(PAGES / f"{page}.py"))
    found.run()
    assert not found.exception
    return found


def said(page):
    return [warning.value.replace("\\", "") for warning in page.warning]


@pytest.mark.parametrize(
    ("page", "address", "words"),
    [
        ("explore", {"shape": "banana"}, "shape=banana (taken: heart)"),
        ("explore", {"posX": "3.5"}, "posX=3.5 (taken: "),
        ("explore", {"posX": "99"}, "posX=99 (taken: 10)"),
        ("explore", {"seed": "1e400"}, "seed=1e400 (taken: 0)"),
        ("explore", {"story": "once"}, "story=once (taken: default)"),
        ("explore", {"model": "../../etc"}, "model=../../etc (taken: scm-vae)"),
        ("explore", {"do": "banana"}, "do=banana (taken: shape)"),
        ("explore", {"do": ["scale", "tail"]}, "do=tail (taken: scale)"),
        ("explore", {"coupling": "x"}, "coupling=x (taken: gumbel)"),
        ("explore", {"samples": "5"}, "samples=5 (taken: 1001)"),
        ("explore", {"view": "Nowhere"}, "view=Nowhere (taken: What moved, and why)"),
        ("explore", {"system": "GPT"}, "system=GPT (taken: SCM-VAE, sprites)"),
        ("explore", {"present": "perhaps"}, "present=perhaps (taken: False)"),
        ("rungs", {"do_scale": "big"}, "do_scale=big (taken: 0)"),
        ("checks", {"check": "colour"}, "check=colour (taken: Measures)"),
        ("models", {"of": "GPT"}, "of=GPT (taken: SCM-VAE, sprites)"),
        ("training", {"against": "hours"}, "against=hours (taken: images)"),
        ("training", {"runs": "../.."}, "runs=../.. (taken: scm-vae and scm-vae-mlp)"),
        ("lessons", {"lesson": "greek"}, "lesson=greek (taken: "),
        ("story", {"base": "once"}, "base=once (taken: default)"),
        ("story", {"joint_a": "hue"}, "joint_a=hue (taken: scale)"),
    ],
    ids=str,
)
def test_a_wrong_value_is_one_sentence(page, address, words):
    found = opened(page, **address)
    (sentence,) = said(found)
    assert sentence.startswith("The address asks for what is not to be had: ")
    assert words in sentence


def test_several_wrong_values_are_one_sentence():
    (sentence,) = said(opened("explore", shape="x", scale="y", posX="z", seed="w", story="v"))
    assert sentence.count("(taken: ") == 3
    assert sentence.endswith("and 2 more.")


def test_what_an_address_says_is_shown_as_text_and_cut():
    raw = opened("explore", shape="![x](http://e.example/a.png)" + 10_000 * "y").warning[0].value
    assert r"\[x\]" in raw
    assert "://" not in raw.replace("\\", "")
    assert len(raw) < 250


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("explore", {}),
        ("explore", {"shape": "square", "posX": "07", "do": "posX", "do_posX": "31", "seed": "3"}),
        ("explore", {"do": "", "samples": "101", "story": "chain", "coupling": "monotone"}),
        ("explore", {"present": "true", "utm_source": "mail"}),
        ("explore", {"system": "CausalVAE, pendulum", "causal-vae_angle": "12.5"}),
        ("training", {"runs": ["scm-vae", "recogniser"], "against": "steps"}),
        ("lessons", {"lesson": "couplings-that-data-cannot-tell-apart"}),
    ],
    ids=str,
)
def test_what_can_be_had_is_taken_in_silence(page, address):
    assert said(opened(page, **address)) == []


def test_it_is_said_once_a_visit():
    page = opened("explore", shape="banana")
    assert len(said(page)) == 1
    page.slider(key="posX").set_value(3).run()
    assert said(page) == []


def test_every_control_of_an_address_is_one_that_says_so():
    for path in (APP.parent / "causal_explorer/ui").rglob("*.py"):
        if path.name != "address.py":
            assert not re.search(r'bind="query-params"', path.read_text()), path
