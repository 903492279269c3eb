import numpy as np
import pytest

from causal_explorer.inference.contradiction import require_explained, require_shown, require_told

IMAGE = np.full((4, 4, 3), 0.5)


@pytest.mark.parametrize(
    ("require", "most"), [(require_shown, 0.03), (require_explained, 0.09)], ids=["told", "seen"]
)
def test_a_picture_may_lie_so_far_away_and_no_farther(require, most):
    require(IMAGE, IMAGE + 0.99 * most)
    with pytest.raises(ValueError, match="root mean square of a pixel") as error:
        require(IMAGE, IMAGE - 1.01 * most)
    assert f"above {most}." in str(error.value)
    with pytest.raises(ValueError, match="lies nan"):
        require(IMAGE, IMAGE * np.nan)


def test_the_treatment_that_explains_best_is_the_one_to_tell():
    pictures = np.stack([IMAGE + 0.02, IMAGE + 0.05])
    require_told(0, IMAGE, pictures)
    with pytest.raises(ValueError, match=r"lies 0\.020 from the image, under the factors' 0\.050"):
        require_told(1, IMAGE, pictures)
    with pytest.raises(ValueError, match="does not explain the image"):
        require_told(0, IMAGE, pictures + 0.1)
