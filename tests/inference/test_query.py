import numpy as np
import pytest

from causal_explorer.data import dsprites
from causal_explorer.inference import query

PICTURE = np.zeros((64, 64))


def test_numbers_and_labels_are_understood():
    given = {"shape": "heart", "posX": np.int64(31)}
    assert query.parse_classes(given, dsprites.FACTORS, "do") == {"shape": 2, "posX": 31}
    assert query.parse_classes(None, dsprites.FACTORS, "do") == {}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"color": 1}, "do names the unknown factor 'color': it takes shape, scale"),
        ({"Shape": 1}, "unknown factor 'Shape'"),
        ({3: 1}, "unknown factor 3"),
        ({"scale": 6}, "scale=6 is not a class of scale: it takes a whole number from 0 to 5"),
        ({"scale": "large"}, "scale='large' is not a class"),
        ({"shape": "Heart"}, "or one of square, ellipse, heart"),
        ({"posX": 0.5}, "posX=0.5 is not a class"),
        ({"posX": float("nan")}, "posX=nan is not a class"),
        ([("shape", 1)], "do is a list: it takes a dict"),
        ("shape", "do is a str: it takes a dict"),
    ],
)
def test_bad_classes_are_refused_in_one_sentence(given, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        query.parse_classes(given, dsprites.FACTORS, "do")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32])
def test_pictures_of_any_number_type_are_taken(dtype):
    picture = np.eye(64, dtype=dtype)
    parsed = query.parse_image(picture)
    assert parsed.dtype == np.float32
    np.testing.assert_array_equal(parsed, picture)
    assert query.parse_image(picture.tolist()).shape == (64, 64)


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (np.zeros((64, 63)), r"image has shape \(64, 63\): it takes \(64, 64\)"),
        (np.zeros((1, 64, 64)), r"shape \(1, 64, 64\)"),
        (np.full((64, 64), np.nan), "image holds NaN"),
        (np.full((64, 64), np.inf), "image holds values from inf"),
        (np.full((64, 64), 255), "values from 255 to 255: it takes pixels of exactly 0 and 1"),
        (PICTURE + 0.5, "exactly 0 and 1"),
        (PICTURE.astype(complex), "type complex128"),
        ("sprite.png", "type <U10: it takes numbers"),
        ([[1, 2], [3]], "image is a list that is no array"),
    ],
)
def test_bad_pictures_are_refused_in_one_sentence(image, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        query.parse_image(image)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("value", [0, -1, 101, 1.0, "5", None, True, float("nan")])
def test_counts_out_of_bounds_are_refused(value):
    with pytest.raises(ValueError, match="samples is .*: it takes a whole number from 1 to 100"):
        query.parse_count(value, "samples", 1, 100)


def test_empty_and_partial_evidence_are_named():
    with pytest.raises(ValueError, match="do is empty: give at least one factor"):
        query.require_some({}, "do")
    with pytest.raises(ValueError, match="factors lacks scale, posY: this version"):
        query.require_all({"shape": 0, "orientation": 1, "posX": 2}, dsprites.FACTORS)
