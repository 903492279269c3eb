import numpy as np
import pytest

from causal_explorer.scm.parametric import Effect, Peak
from causal_explorer.scm.variables import Variable
from tests.scm.small import A, B

TURN = tuple(np.linspace(0, 2 * np.pi, 40))
LINE = Variable("line", tuple(float(k) for k in range(5)))
RING = Variable("ring", tuple(2 * np.pi * k / 8 for k in range(8)), "rad", "circular")
ANGLE = Variable("angle", TURN, "rad", "circular", closed=True)


def ordinal(classes):
    return Variable("ordinal", tuple(float(k) for k in range(classes)))


def with_floor(logits):
    """The row in plain numbers, a thousandth of it spread evenly."""
    row = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    return 0.999 * row + 0.001 / row.shape[-1]


@pytest.mark.parametrize(
    ("classes", "peak"),
    [(32, Peak(centre=3.0, spread=0.5)), (6, Peak(centre=20.0, spread=0.1))],
    ids=["inside", "beyond the end"],
)
def test_rows_are_positive_and_sum_to_one_however_narrow(classes, peak):
    row = peak.table(ordinal(classes), [])
    assert row.shape == (classes,)
    assert (row > 0).all()
    assert row.sum() == pytest.approx(1)


def test_a_normal_row_peaks_at_its_mean_and_is_symmetric():
    row = Peak(spread=1.0).table(ordinal(7), [])
    assert row.argmax() == 3
    np.testing.assert_allclose(row, row[::-1])
    np.testing.assert_allclose(row, with_floor(-0.5 * (np.arange(7) - 3.0) ** 2))


def test_a_circular_row_gives_one_angle_one_probability():
    row = Peak(centre=39 / 8, concentration=4.0).table(ANGLE, [])
    assert row[0] == pytest.approx(row[39]), "classes 0 and 39 are the same angle"
    assert row.argmax() == 5
    np.testing.assert_allclose(row, with_floor(4.0 * np.cos(np.array(TURN) - np.pi / 4)))


@pytest.mark.parametrize("variable", [A, B, ANGLE], ids=lambda v: v.kind)
def test_a_peak_that_says_nothing_is_flat(variable):
    np.testing.assert_allclose(Peak().table(variable, []), 1 / variable.classes)


def test_weights_are_those_of_a_nominal_variable():
    row = Peak(weights=(1.0, 2.0, 5.0)).table(A, [])
    np.testing.assert_allclose(row, with_floor(np.log([1.0, 2.0, 5.0])))


def test_causes_add_up_and_move_the_peak():
    """An axis a cause, in the order of the effects; the numbers of each, added."""
    peak = Peak({"a": Effect(values=(0.0, 1.0, 3.0)), "b": Effect(slope=-0.5)}, spread=2.0)
    table = peak.table(LINE, [A, B])
    assert table.shape == (3, 4, 5)
    for a, shift in enumerate((0.0, 1.0, 3.0)):
        for b in range(4):
            mean = 2.0 + shift - 0.5 * (b - 1.5)
            expected = with_floor(-0.5 * ((np.arange(5) - mean) / 2.0) ** 2)
            np.testing.assert_allclose(table[a, b], expected)


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_strength_multiplies_the_whole_effect(strength):
    whole = Effect(slope=2.0, sine=-3.0, cosine=0.5)
    part = Effect(strength, slope=2.0, sine=-3.0, cosine=0.5)
    np.testing.assert_allclose(part.of(ANGLE), strength * whole.of(ANGLE))
    place = np.arange(40) - 19.5
    waves = -3.0 * np.sin(TURN) + 0.5 * np.cos(TURN)
    np.testing.assert_allclose(whole.of(ANGLE), 2.0 * place + waves)


def test_a_ring_is_turned_by_its_causes():
    """Effects are in classes, so a whole turn of them changes nothing."""
    moved, whole = (
        Peak({"a": Effect(values=(0.0, by, 2 * by))}, concentration=3.0).table(RING, [A])
        for by in (1.0, 8.0)
    )
    np.testing.assert_allclose(moved[1], np.roll(moved[0], 1))
    np.testing.assert_allclose(moved[2], np.roll(moved[0], 2))
    np.testing.assert_allclose(whole[1], whole[0])


def test_each_class_of_the_only_cause_may_have_its_own_concentration():
    peak = Peak({"a": Effect()}, centre=2.0, concentration=(0.0, 1.0, 9.0))
    table = peak.table(RING, [A])
    for row, concentration in zip(table, (0.0, 1.0, 9.0), strict=True):
        alone = Peak(centre=2.0, concentration=concentration).table(RING, [])
        np.testing.assert_allclose(row, alone)


HALF = Variable("half", tuple(np.pi * k / 8 for k in range(8)), "rad", "circular")


def test_a_ring_of_half_a_turn_is_as_round_as_one_of_a_whole():
    """The direction of a stripe comes back after half a turn: its ring closes there."""
    for place in range(8):
        peak = Peak(centre=float(place), concentration=3.0)
        np.testing.assert_allclose(peak.table(HALF, []), peak.table(RING, []), rtol=1e-12)
    wave = Effect(sine=1.0, cosine=0.5)
    np.testing.assert_allclose(wave.of(HALF), wave.of(RING), atol=1e-15)


@pytest.mark.parametrize("place", np.arange(0, 40, 0.5))
def test_both_classes_of_one_angle_are_equally_likely_wherever_the_peak_is(place):
    row = Peak(centre=float(place), concentration=7.0).table(ANGLE, [])
    assert row[0] == pytest.approx(row[39], rel=1e-12)
    turned = Peak(centre=float(place + 39), concentration=7.0).table(ANGLE, [])
    np.testing.assert_allclose(turned, row, rtol=1e-12)
    assert min(abs(row.argmax() - place), 39 - abs(row.argmax() - place)) <= 0.5
