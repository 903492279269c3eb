import numpy as np
import pytest

from causal_explorer.inference import pictures

PICTURE = np.zeros((64, 64))


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32])
def test_pictures_of_any_number_type_are_taken(dtype):
    picture = np.eye(64, dtype=dtype)
    parsed = pictures.parse_image(picture)
    assert parsed.dtype == np.float32
    np.testing.assert_array_equal(parsed, picture)
    assert pictures.parse_image(picture.tolist()).shape == (64, 64)


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (np.zeros((64, 63)), r"image has shape \(64, 63\): it takes \(64, 64\)"),
        (np.zeros((1, 64, 64)), r"shape \(1, 64, 64\)"),
        (np.full((64, 64), np.nan), "image holds NaN"),
        (np.full((64, 64), np.inf), "image holds NaN or infinity"),
        (np.full((64, 64), 255), "values from 255 to 255: it takes pixels of exactly 0 and 1"),
        (PICTURE + 0.5, "exactly 0 and 1"),
        (PICTURE.astype(complex), "type complex128"),
        ("sprite.png", "type <U10: it takes numbers"),
        ([[1, 2], [3]], "image is a list that is no array"),
    ],
)
def test_bad_pictures_are_refused_in_one_sentence(image, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        pictures.parse_image(image)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (np.zeros((8, 8, 3)), None),
        (np.zeros((2, 8, 8, 3), np.uint8), None),
        (np.zeros((0, 8, 8, 3)), "image holds no picture"),
        (np.zeros((8, 3)), r"image has shape \(8, 3\): it takes \(8, 8, 3\), or several"),
        (np.full((8, 8, 3), 255.0), "image holds values out of range: .* or uint8"),
    ],
)
def test_one_picture_or_several_are_taken_in_colour(image, sentence):
    if sentence is None:
        taken = pictures.parse_pictures(image, (8, 8, 3))
        assert (taken.ndim, taken.dtype) == (4, np.uint8)
        return
    with pytest.raises(ValueError, match=sentence):
        pictures.parse_pictures(image, (8, 8, 3))
