import numpy as np
import pytest

from causal_explorer.data import dsprites
from causal_explorer.data.dataset import dataset_named
from causal_explorer.inference import arguments, query
from causal_explorer.scm.actions import Replace, Set, Shift
from causal_explorer.scm.mechanisms import mechanism
from causal_explorer.scm.stories import story_named

PICTURE = np.zeros((64, 64))
STORY = story_named("default", dsprites.FACTORS)


def test_an_empty_query_and_no_evidence_are_named():
    with pytest.raises(ValueError, match="do is empty: give at least one factor"):
        arguments.require_some({}, "do")
    for question in ({"do": {"shape": 0}}, {"do": {"shape": 0}, "factors": {}}):
        with pytest.raises(ValueError, match="There is no evidence: give an image, factors with"):
            asked(question)


def asked(*questions):
    return query.parse_questions(questions, dataset_named("dsprites"), STORY)


def test_evidence_may_be_factors_an_image_or_both():
    heart = {"shape": "heart", "scale": 3, "orientation": 10, "posX": 16, "posY": 16}
    classes = {**heart, "shape": 2}
    drawn = dsprites.render(np.array([list(classes.values())]))[0].astype(np.float32)
    speck = drawn.copy()
    speck[0, 0] = 1
    do = {"shape": 0}
    whole, part, image, both, some = asked(
        {"factors": heart, "do": do},
        {"factors": {"shape": "heart"}, "do": do},
        {"image": speck, "do": do},
        {"factors": heart, "image": speck, "do": do},
        {"factors": {"shape": "heart"}, "image": speck, "do": do},
    )
    assert [q.given for q in (whole, part, image)] == [classes, {"shape": 2}, {}]
    assert part.x is None
    np.testing.assert_array_equal(whole.x, drawn)
    for question in (image, both, some):
        np.testing.assert_array_equal(question.x, speck)
    assert whole.overlap == 1
    assert both.overlap == pytest.approx(drawn.sum() / speck.sum())
    assert all(np.isnan(q.overlap) for q in (part, image, some)), "nothing to compare with"
    assert all(q.do == {"shape": Set(0)} for q in (whole, part, image, both, some))


def test_actions_are_classes_by_number_or_label_or_actions():
    soft = Replace(mechanism((), [1 / 6] * 6))
    do = {"shape": "heart", "scale": soft, "posX": Shift(np.int64(-31)), "posY": Set(np.int64(3))}
    parsed = query.parse_do(do, STORY)
    assert parsed == {"shape": Set(2), "scale": soft, "posX": Shift(-31), "posY": Set(3)}
    assert type(parsed["posX"].by) is type(parsed["posY"].value) is int


@pytest.mark.parametrize(
    ("do", "sentence"),
    [
        (None, "do is empty"),
        ({}, "do is empty"),
        ({"hue": Set(1)}, "do names the unknown factor 'hue': it takes shape"),
        ({3: Shift(1)}, "do names the unknown factor 3"),
        ({"scale": Set(6)}, "scale=6 is not a class of scale"),
        ({"scale": Set(True)}, "scale=True is not a class of scale"),
        ({"scale": Shift(6)}, "shift of scale is 6: it takes a whole number from -5 to 5"),
        ({"scale": Shift(-6)}, "shift of scale is -6"),
        ({"scale": Shift(0.5)}, "shift of scale is 0.5"),
        ({"scale": Replace(mechanism(("posX",), np.full((32, 6), 1 / 6)))}, "may read shape,"),
        ({"shape": Replace(mechanism(("posX",), np.full((32, 3), 1 / 3)))}, "may read nothing"),
        ({"scale": Replace(mechanism((), [0.5, 0.5]))}, r"table of scale has shape \(2,\)"),
        ({"scale": Replace(mechanism(("shape",), [[1 / 6] * 6] * 2))}, "table of scale has shape"),
        ([Shift(1)], "do is a list: it takes a dict"),
        (Shift(1), "do is a Shift: it takes a dict"),
    ],
)
def test_bad_actions_are_refused_in_one_sentence(do, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        query.parse_do(do, STORY)
    assert "\n" not in str(error.value)
