import numpy as np
import pytest

from causal_explorer.metrics.leakage import leakage


def drawn(count=1_200, share=0.5, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, 3)), (rng.random(count) < share).astype(int)


def test_a_code_that_is_the_treatment_tells_it():
    z, t = drawn()
    assert leakage(np.column_stack([z, t]), t) == 1


def test_a_code_of_noise_tells_nothing():
    """Within 5 standard errors of chance, the better of two probes as well."""
    z, t = drawn()
    assert leakage(z, t) == pytest.approx(0.5, abs=5 * (0.25 / (len(t) / 3)) ** 0.5)


def test_a_constant_code_tells_nothing():
    _, t = drawn()
    assert leakage(np.ones((len(t), 2)), t) == pytest.approx(0.5, abs=5 * (0.25 / 400) ** 0.5)


def test_what_no_linear_probe_sees_is_found():
    z, _ = drawn()
    assert leakage(z, (z[:, 0] * z[:, 1] > 0).astype(int)) > 0.85


def test_a_seed_fixes_all():
    z, t = drawn(300)
    assert leakage(z, t, 1) == leakage(z, t, 1)


@pytest.mark.parametrize(
    ("z", "t", "said"),
    [
        (np.zeros((90, 2)), np.zeros(90), "Only one treatment occurs"),
        (np.zeros((20, 2)), np.zeros(20), "20 units with 20 treatments"),
        (np.zeros((40, 2)), np.zeros(50), "40 units with 50 treatments"),
        (np.zeros((90, 2)), np.arange(90) // 45, "Only one treatment occurs"),
        (np.zeros((90, 2)), np.arange(90) % 3, "The treatments are 0, 1, 2"),
        (np.zeros(90), np.arange(90) % 2, "z has shape"),
        (np.zeros((90, 0)), np.arange(90) % 2, "z has shape"),
        (np.full((90, 2), np.nan), np.arange(90) % 2, "finite"),
    ],
)
def test_nothing_to_probe_is_one_sentence(z, t, said):
    with pytest.raises(ValueError, match=said) as found:
        leakage(z, t)
    assert "\n" not in str(found.value)


def test_it_is_scored_on_units_that_it_did_not_learn_from():
    """A forest knows by heart what it has seen; the last third is all new."""
    rng = np.random.default_rng(4)
    z, t = rng.normal(size=(900, 1)), rng.integers(0, 2, 900)
    z[:600, 0] += 10 * t[:600]  # among those to learn from alone
    assert leakage(z, t) == pytest.approx(0.5, abs=5 * (0.25 / 300) ** 0.5)
