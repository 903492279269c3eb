import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from causal_explorer.data import dsprites

# 120 pictures of the published file (rows of it), and the SHA-256 of their packed bits as
# published: the renderer is checked against the file's own pictures without the file.
PUBLISHED_ROWS = """
1807 3856 6192 12755 17121 21342 24868 30607 36649 39718 44519 54649 56378 59798 60514 63355
66539 92880 100356 111989 129232 129781 169119 171917 178523 188881 190302 195011 198467 204369
220242 226268 229186 234020 238154 243402 249194 250387 264898 277987 279932 280910 284311 287843
289869 290712 297419 298456 311270 311954 332655 339486 353369 356920 370749 372783 376688 388181
388400 393753 401117 402345 410085 414042 422616 424833 428226 439491 447356 455091 461640 466120
469556 478111 478539 480518 494915 495258 497501 497780 505877 508430 520758 522786 528791 531513
532210 532998 537739 538315 561970 563528 563529 567870 581582 585168 588428 592689 597247 599444
613594 617950 621537 621846 623398 628173 632462 632642 642949 645544 654424 655559 659024 668788
686254 687237 698405 711923 721115 733055
"""
PUBLISHED_SHA256 = "313bcc9f7c0618d0a53f2f9d6623609b63106760eacdb0db129d8112fb774685"


def random_classes(count, seed=0):
    return dsprites.classes_of(np.random.default_rng(seed).integers(0, dsprites.COUNT, count))


def test_equals_published_pictures_by_their_digest():
    classes = dsprites.classes_of(np.array(PUBLISHED_ROWS.split(), dtype=np.int64))
    digest = hashlib.sha256(dsprites.render_packed(classes).tobytes()).hexdigest()
    assert digest == PUBLISHED_SHA256


def test_equals_the_published_sample():
    """At most 8 of 20,000 published pictures differ, each by one pixel."""
    path = Path(os.environ.get("CAUSAL_EXPLORER_PUBLISHED", "absent"))
    if not path.is_file():
        pytest.skip("CAUSAL_EXPLORER_PUBLISHED names no sample of the published pictures")
    with np.load(path) as sample:
        packed, classes = sample["images_packed"], sample["classes"]
    differing = np.unpackbits(dsprites.render_packed(classes) ^ packed, axis=1).sum(axis=1)
    print(f"{(differing > 0).sum()} of {len(classes):,} published pictures differ")
    assert len(classes) == 20_000
    assert (differing > 0).sum() <= 8
    assert differing.max() <= 1


def test_orientations_0_and_39_coincide():
    first = random_classes(2_000)
    last = first.copy()
    first[:, 2], last[:, 2] = 0, 39
    np.testing.assert_array_equal(dsprites.render(first), dsprites.render(last))


def test_mean_areas_are_the_published_ones():
    areas = {0: (92, 133, 181, 236, 299, 369), 1: (72, 104, 142, 185, 234, 289)}
    areas[2] = (56, 81, 110, 144, 182, 225)
    for shape, by_scale in areas.items():
        for scale, area in enumerate(by_scale):
            classes = random_classes(500)
            classes[:, :2] = shape, scale
            assert dsprites.render(classes).sum((1, 2)).mean() == pytest.approx(area, abs=1.0)


def test_every_sprite_stays_off_the_border():
    pictures = dsprites.render(random_classes(5_000))
    assert not pictures[:, :2].any()
    assert not pictures[:, 61:].any()
    assert not pictures[:, :, :2].any()
    assert not pictures[:, :, 61:].any()


def test_posx_moves_right_and_posy_moves_down():
    classes = np.array([[2, 3, 0, 5, 16], [2, 3, 0, 25, 16], [2, 3, 0, 16, 5], [2, 3, 0, 16, 25]])
    centres = [np.argwhere(picture).mean(0) for picture in dsprites.render(classes)]
    assert centres[1][1] - centres[0][1] == pytest.approx(20 * 32 / 31, abs=0.5)
    assert centres[3][0] - centres[2][0] == pytest.approx(20 * 32 / 31, abs=0.5)


def test_rows_and_classes_are_inverses_in_the_published_order():
    classes = random_classes(1_000)
    np.testing.assert_array_equal(dsprites.classes_of(dsprites.index(classes)), classes)
    assert dsprites.index(np.array([[1, 2, 3, 4, 5]]))[0] == (((6 + 2) * 40 + 3) * 32 + 4) * 32 + 5


def test_no_pictures_are_no_error():
    assert dsprites.render(np.zeros((0, 5), dtype=int)).shape == (0, 64, 64)


@pytest.mark.parametrize(
    ("classes", "sentence"),
    [
        (np.zeros((2, 4), int), r"shape \(2, 4\): it takes \(N, 5\)"),
        (np.zeros(5, int), r"shape \(5,\)"),
        (np.zeros((1, 5)), "type float64: it takes whole numbers"),
        ([[3, 0, 0, 0, 0]], "shape runs from 3 to 3 in classes: it takes 0 to 2"),
        ([[0, 0, -1, 0, 0]], "orientation runs from -1"),
        ([["heart", 0, 0, 0, 0]], "it takes whole numbers"),
    ],
)
def test_bad_classes_are_refused(classes, sentence):
    with pytest.raises(ValueError, match=sentence):
        dsprites.render(classes)
