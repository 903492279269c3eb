from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from causal_explorer.data import dsprites
from causal_explorer.sharing.question import Question
from causal_explorer.ui import ladder, serving
from tests.ui.conftest import APP

NAMES = [factor.name for factor in dsprites.FACTORS]


def asked(do):
    factors = tuple(zip(NAMES, (2, 3, 4, 10, 16), strict=True))
    return Question("scm-vae", "default", factors, tuple(do.items()), 300, 0, "gumbel")


def test_the_same_words_give_three_answers():
    answers, laws = serving.rungs(asked({"scale": 0})), serving.laws(asked({"scale": 0}))
    assert list(answers) == list(laws) == list(ladder.RUNGS)
    seen, done, imagined = (answer.density for answer in answers.values())
    assert np.abs(seen - done).mean() > 1e-3
    assert np.abs(done - imagined).mean() > 1e-3


def test_seeing_a_small_sprite_tells_of_its_shape_and_making_it_small_does_not():
    laws = serving.laws(asked({"scale": 0}))
    assert laws["See"]["shape"][0] > 0.7
    np.testing.assert_allclose(laws["Do"]["shape"], 1 / 3)
    np.testing.assert_allclose(laws["Imagine"]["shape"], [0, 0, 1])


def test_the_page_writes_them_with_their_formulas():
    answers, laws = serving.rungs(asked({"shape": 0})), serving.laws(asked({"shape": 0}))
    html = ladder.pictures_html(answers, "shape = square", "monotone")
    assert "p(x | do(shape = square))" in html
    assert html.count("<figure>") == 6
    for shown in ladder.figures(answers, "shape = square", "monotone"):
        bright = shown.title.startswith(("See", "Do"))
        assert shown.caption.endswith("; brightened") == bright
        assert not bright or shown.picture.max() == 1
    imagined = answers["Imagine"]
    figures = ladder.figures(answers, "shape = square", "monotone")
    assert [figure.title for figure in figures[3:]] == [
        "See: truth",
        "Do: truth",
        "Imagine: truth under monotone",
    ]
    shown = {figure.slot: figure.picture for figure in figures}
    np.testing.assert_array_equal(shown["imagine-density"], imagined.density)
    figure = ladder.laws_figure(laws, dsprites.FACTORS[0])
    assert [trace.name for trace in figure.data] == list(ladder.RUNGS)
    assert list(figure.data[0].x) == ["square", "ellipse", "heart"]


@pytest.mark.parametrize(
    ("story", "do", "words"),
    [
        ("default", {"scale": 0}, ["Seeing is not doing", "shape →", "orientation (by"]),
        ("default", {"shape": 0}, ["Seeing and doing agree", "nothing causes shape"]),
        ("independent", {"scale": 0}, ["Seeing and doing agree", "Doing is not imagining"]),
        ("default", {"posX": 0}, ["Seeing is not doing", "orientation → posX"]),
        ("default", {"shape": 0, "scale": 0}, ["agree** here: every cause of shape and scale"]),
        ("default", {"scale": 0, "posY": 0}, ["learns of shape too", "do() cuts shape → scale, "]),
        ("confounded", {"scale": 0, "posY": 0}, ["learns of shape too", "→ scale and shape →"]),
        ("default", {"scale": 0, "orientation": 0}, ["This sprite keeps its shape; "]),
    ],
)
def test_why_the_rungs_differ_is_told(story, do, words):
    question = replace(asked(do), story=story)
    answers, laws = serving.rungs(question), serving.laws(question)
    graph = serving.explorer("scm-vae", story).story.graph
    told = " ".join(ladder.why(laws, graph, answers["Imagine"]))
    for part in words:
        assert part in told


def test_laws_that_agree_are_not_told_apart():
    laws = serving.laws(asked({"shape": 0}))
    assert ladder.apart(laws, "See", "Do") == {}
    assert set(ladder.apart(laws, "Do", "Imagine")) >= {"scale", "posY"}


def test_the_page_says_why_a_story_cannot_be_taken():
    page = AppTest.from_file(str(APP.parent / "causal_explorer/ui/pages/rungs.py"))
    page.query_params.update({"story": "edited", "told": "x"})
    page.run(timeout=60)
    assert not page.exception
    assert [warning.value[:19] for warning in page.warning] == ["The link is damaged"]
