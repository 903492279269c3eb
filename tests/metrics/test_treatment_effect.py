import numpy as np
import pytest

from causal_explorer.metrics.treatment_effect import baselines, effect_errors

TRUTH = np.array([1.0, 3.0, 5.0])


def test_perfect_effects_have_no_error():
    found = effect_errors(TRUTH, TRUTH)
    assert (found.ate, found.pehe) == (0, 0)


def test_the_right_mean_alone_errs_by_the_spread():
    found = effect_errors(np.full(3, 3.0), TRUTH)
    assert found.ate == 0
    assert found.pehe == pytest.approx(TRUTH.std())


def test_a_shift_counts_in_both():
    found = effect_errors(TRUTH - 2, TRUTH)
    assert (found.ate, found.pehe) == (2, 2)


@pytest.mark.parametrize("ite", [np.zeros(0), np.zeros(2), np.zeros((3, 1))])
def test_units_without_a_truth_are_refused(ite):
    with pytest.raises(ValueError, match="it takes one of each for every unit"):
        effect_errors(ite, TRUTH if len(ite) else ite)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_effects_that_are_no_numbers_are_refused(wrong):
    for pair in ((np.array([1.0, wrong, 2.0]), TRUTH), (TRUTH, np.array([1.0, wrong, 2.0]))):
        with pytest.raises(ValueError, match="finite numbers"):
            effect_errors(*pair)


X, T, Y = np.arange(12.0)[:, None], np.array([0, 1] * 6), np.arange(12.0)


@pytest.mark.parametrize(
    ("learnt", "asked", "said"),
    [
        ((X, np.zeros(12), Y), X, "treated"),
        ((X, np.ones(12), Y), X, "treated"),
        ((X, 2 * T, Y), X, "treated"),
        ((X, T[1:], Y), X, "do not fit"),
        ((X, T, Y[1:]), X, "do not fit"),
        ((X, T, Y), X[:, 0], "do not fit"),
        ((X, T, Y), np.hstack([X, X]), "do not fit"),
        ((X[:, :0], T, Y), X[:, :0], "do not fit"),
        ((X, T, np.where(Y == 3, np.nan, Y)), X, "finite"),
        ((X, T, Y), np.where(X == 3, np.inf, X), "finite"),
    ],
)
def test_what_has_no_effect_is_one_sentence(learnt, asked, said):
    with pytest.raises(ValueError, match=said) as found:
        baselines(learnt, asked)
    assert "\n" not in str(found.value)


def test_one_unit_of_a_treatment_is_its_own_outcome():
    t = (np.arange(12) == 4).astype(int)
    found = baselines((X, t, Y), X[:2])
    np.testing.assert_allclose(found["difference of means"], 4 - Y[t == 0].mean())
    assert all(np.isfinite(ite).all() for ite in found.values())


def test_where_nothing_is_hidden_regression_is_right_and_means_are_not():
    rng = np.random.default_rng(0)
    cause = rng.normal(size=(4_000, 1))
    t = (rng.random(4_000) < 1 / (1 + np.exp(-2 * cause[:, 0]))).astype(int)
    y = 5 * cause[:, 0] + 2 * t + 0.1 * rng.normal(size=4_000)
    found = baselines((cause, t, y), cause[:500])
    assert found["difference of means"].mean() > 4
    for name in ("regression, joint", "regression, apart"):
        assert found[name].mean() == pytest.approx(2, abs=0.05)
    assert found["boosted trees, apart"].mean() == pytest.approx(2, abs=0.3)


def test_binary_outcomes_are_regressed_by_log_odds():
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(4_000, 1)), rng.integers(0, 2, 4_000)
    y = (rng.random(4_000) < np.where(t == 1, 0.7, 0.2)).astype(int)
    for name, ite in baselines((x, t, y), x[:300]).items():
        assert ite.mean() == pytest.approx(0.5, abs=0.06), name
        assert (np.abs(ite) <= 1).all()


def test_an_outcome_that_never_varies_is_a_constant():
    x, t = np.arange(40.0)[:, None], np.array([0, 1] * 20)
    found = baselines((x, t, np.where(t == 1, 1, 0)), x[:5])
    np.testing.assert_allclose(found["regression, apart"], 1)
