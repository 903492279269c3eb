import numpy as np
import pytest
import torch

from causal_explorer.data import treatment
from causal_explorer.data.dataset import dataset_named
from causal_explorer.data.treatment import Trial


def test_same_seed_same_units_and_another_seed_others():
    small = Trial(units=50)
    np.testing.assert_array_equal(small.draw(), Trial(units=50).draw())
    assert not np.array_equal(small.draw(), Trial(units=50, seed=1).draw())


def test_both_potential_outcomes_are_known_and_one_is_the_factual():
    trial = Trial(units=2_000)
    table, law = trial.draw(), trial.story()
    t, y, severity, lot = table[:, 0], table[:, 1], table[:, 2], table[:, 6]
    noise = law.abduct({"severity": severity, "lot": lot, "t": t, "y": y})
    assert (noise["t"] == 0).all()  # severity and lot decide
    both = np.stack([law.predict(noise, {"t": k})["y"] for k in (0, 1)], axis=1)
    np.testing.assert_allclose(both[np.arange(len(t)), t.astype(int)], y)
    np.testing.assert_allclose(both[:, 1] - both[:, 0], 2.2 + 0.8 * severity)
    assert ((both >= treatment.HEIGHT.low) & (both <= treatment.HEIGHT.high)).all()
    assert (both[:, 1] > both[:, 0]).all()


def test_strength_is_the_log_odds_of_a_standard_deviation():
    count = 20_000
    for strength in (0.0, 2.5):
        table = Trial(strength=strength, units=count).draw()
        t, severity = table[:, 0], table[:, 2]
        near = np.abs(severity - 1) < 0.1
        expected = 1 / (1 + np.exp(-strength))
        assert t[near].mean() == pytest.approx(expected, abs=4 * 0.5 / near.sum() ** 0.5)


def test_naive_comparison_has_the_wrong_sign():
    table = Trial().draw()
    t, y = table[:, 0], table[:, 1]
    assert y[t == 1].mean() - y[t == 0].mean() < 0


def test_pictures_are_those_of_their_units():
    trial = Trial(units=30)
    pictures = trial.open(torch.device("cpu"))
    units = np.column_stack([pictures.v.numpy(), pictures.hidden])
    np.testing.assert_array_equal(trial.render(units), pictures.x.numpy())


def test_treatment_moves_the_sprite_and_leaves_what_was_before():
    trial = Trial(units=30)
    units = trial.draw()
    low, high = units.copy(), units.copy()
    low[:, 1], high[:, 1] = 2.0, 14.0
    low, high = trial.render(low)[..., 0], trial.render(high)[..., 0]
    np.testing.assert_array_equal(low[:, :, :32], high[:, :, :32])
    rows = np.arange(32)[:, None] + 0.5
    centres = [(x[:, :, 32:] * rows).sum((1, 2)) / x[:, :, 32:].sum((1, 2)) for x in (low, high)]
    rise = centres[0] - centres[1]  # up is a smaller row
    np.testing.assert_allclose(rise, 12.0, atol=0.6)  # two roundings to half a pixel, and a shade


def test_covariates_are_the_cells_before_and_nothing_after():
    trial = Trial(units=10, noise=0.1)
    device = torch.device("cpu")
    _, x = trial.open(device)(torch.arange(10))
    cells = treatment.before(x)
    assert cells.shape == (10, 64)
    after = x.clone()
    after[..., 32:] = 0.5
    assert torch.equal(treatment.before(after), cells)
    panel = cells.view(10, 8, 8).repeat_interleave(4, 1).repeat_interleave(4, 2)
    assert torch.equal(panel, x[:, 0, :, :32])


def test_noise_is_the_deviation_of_a_cell():
    units = Trial(units=400).draw()
    still, noisy = (Trial(noise=s).render(units)[:, ::4, :32:4, 0] / 255.0 for s in (0.0, 0.08))
    assert (noisy - still).std() == pytest.approx(0.08, rel=0.03)  # few cells are cut off


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"strength": 6.0}, "strength is 6.0: it takes a number from 0 to 5.0"),
        ({"noise": -0.1}, "noise is -0.1: it takes a number from 0 to 0.3"),
        ({"noise": "much"}, "noise is 'much'"),
        ({"units": 3}, "units is 3: it takes a whole number from 10"),
        ({"seed": 0.5}, "seed is 0.5: it takes a whole number from 0"),
        ({"rho": 0.5}, "has no setting 'rho': it takes strength, noise, units, seed"),
    ],
)
def test_bad_settings_get_one_sentence(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        dataset_named({"name": "treatment", **settings})


def test_what_a_unit_draws_is_in_range():
    """No orientation is drawn twice as often, and noise is cut off at two deviations."""
    t, y, severity, shape, orientation = Trial().draw().T[:5]
    assert (shape.min(), shape.max()) == (0, 2)
    assert (orientation.min(), orientation.max()) == (0, 38), "39 is 0 once more"
    noise = np.abs(y - treatment.height(severity, t))
    assert 1.7 < noise.max() <= 1.8 + 1e-6


def test_an_ill_sprite_is_pale_before_and_as_bright_as_any_after():
    trial = Trial(units=20, noise=0.0)
    units = trial.draw()
    ill = units.copy()
    ill[:, 2] += 0.5
    well, pale = (trial.render(table)[..., 0].astype(int) for table in (units, ill))
    assert (pale[:, :, :32] <= well[:, :, :32]).all()
    assert (pale[:, :, :32] < well[:, :, :32]).any((1, 2)).all()
    np.testing.assert_array_equal(pale[:, :, 32:], well[:, :, 32:])
