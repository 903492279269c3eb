import numpy as np
import pytest

from causal_explorer.metrics.mig import mutual_information, mutual_information_gap
from tests.metrics.codes import CLASSES, PERFECT, TURNED, TWICE, USELESS, V

RAMP = np.arange(400) % 40


def test_mig_of_a_perfect_a_useless_a_duplicated_and_a_turned_code():
    assert mutual_information_gap(PERFECT, V) > 0.97
    assert mutual_information_gap(USELESS, V) < 0.02
    assert mutual_information_gap(TWICE, V) == pytest.approx(0, abs=1e-12)
    assert mutual_information_gap(TURNED, V) < 0.5


def test_mig_does_not_see_the_order_of_units_or_pictures():
    order = np.random.default_rng(3).permutation(len(V))
    found = mutual_information_gap(TURNED[order][:, ::-1], V[order])
    assert found == pytest.approx(mutual_information_gap(TURNED, V))


def test_twenty_bins_tell_a_ramp_of_forty_classes_in_pairs():
    """Each bin holds two classes: I = log 20, whatever the scale, and H = log 40."""
    for scale in (1.0, 1e-300, 9e306):
        code = np.stack([scale * (RAMP - 19.5), np.zeros(400)], axis=1)
        assert mutual_information_gap(code, RAMP[:, None]) == pytest.approx(np.log(20) / np.log(40))


def test_the_highest_number_is_in_the_last_bin():
    """20 classes at 0 … 19 are a bin each: were the highest alone, two others would share one."""
    ramp = np.arange(400) % 20
    code = np.stack([ramp, np.zeros(400)], axis=1)
    assert mutual_information_gap(code, ramp[:, None]) == pytest.approx(1)
    code[ramp == 19, 0] = 18.999  # of a range from 0 to 18.999, so that 18 is no last bin's
    assert mutual_information_gap(code, ramp[:, None]) == pytest.approx(1)


def test_a_code_that_never_moves_tells_nothing():
    assert mutual_information_gap(np.ones_like(PERFECT), V) == 0


@pytest.mark.parametrize("count", [10, 100, 1_000])
def test_a_factor_of_one_class_is_refused_however_many_pictures(count):
    v = V[:count].copy()
    v[:, 3] = 7
    with pytest.raises(ValueError, match="column 3 of the classes is 7 throughout"):
        mutual_information_gap(PERFECT[:count], v)


@pytest.mark.parametrize(
    ("z", "v", "said"),
    [
        (PERFECT[:, :1], V, "two units or more"),
        (PERFECT, V[:-1], "codes and"),
        (PERFECT[0], V, "codes and"),
        (PERFECT, V[:, 0], "codes and"),
        (PERFECT[:0], V[:0], "codes and"),
        (PERFECT, PERFECT, "whole numbers"),
        (np.where(V == 0, np.nan, PERFECT), V, "finite"),
        (np.where(V == 0, np.inf, PERFECT), V, "finite"),
    ],
)
def test_no_code_of_classes_is_one_sentence(z, v, said):
    with pytest.raises(ValueError, match=f"^MIG takes .*{said}") as found:
        mutual_information_gap(z, v)
    assert "\n" not in str(found.value)


def test_information_has_its_closed_forms():
    a = np.tile(np.arange(4), 25)
    b = np.repeat(np.arange(2), 50)
    assert mutual_information(a, a) == pytest.approx(np.log(4))
    assert mutual_information(a, b) == pytest.approx(0, abs=1e-3)
    assert mutual_information(a, a // 2) == pytest.approx(np.log(2))


def test_information_reads_labels_and_not_numbers():
    a = np.tile(np.arange(4), 25)
    assert mutual_information(a - 2, 10**12 * a) == pytest.approx(np.log(4))
    assert mutual_information(a / 7, a == 0) == mutual_information(a, (a == 0).astype(int))


def test_few_classes_that_are_told_whole_have_the_whole_gap():
    for classes in CLASSES:
        v = (np.arange(classes * 4) % classes)[:, None]
        assert mutual_information_gap(np.hstack([v, 0 * v]), v) == pytest.approx(1)
