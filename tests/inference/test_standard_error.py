"""The error that chance leaves to a density: reported as it is, and falling as it must."""

import numpy as np
import pytest

import causal_explorer as ce

HEART = {"shape": "heart", "scale": 5, "orientation": 10, "posX": 16, "posY": 16}
STYLED = HEART | {"style": "stripes", "direction": 3, "width": 2}
SEEDS = 48


@pytest.fixture(scope="module")
def styled():
    return ce.load("scm-vae-styled")


def ask(opened, rung, samples, seed):
    return {
        "seeing": lambda: opened.condition({"shape": "heart"}, samples, seed),
        "doing": lambda: opened.intervention({"shape": "heart"}, samples, seed),
        "one picture": lambda: opened.intervention(HEART, samples, seed),
        "imagining": lambda: opened.counterfactual(STYLED, None, {"shape": 0}, samples, seed),
        "from some factors": lambda: opened.counterfactual(
            {"shape": "heart"}, None, {"posX": 16}, samples, seed
        ),
        "forgetting": lambda: opened.counterfactual(
            STYLED, None, {"shape": 0}, samples, seed, abduction="prior"
        ),
    }[rung]()


def spread(answers):
    """Root mean square over the pixels of the density's standard deviation between seeds.

    Returns:
        It, and its own relative standard error, from how much the seeds' squares differ.
    """
    density = np.stack([answer.density for answer in answers])
    squares = np.square(density - density.mean(0)).reshape(SEEDS, -1).mean(1) * SEEDS / (SEEDS - 1)
    return np.sqrt(squares.mean()), squares.std() / squares.mean() / np.sqrt(SEEDS) / 2


@pytest.mark.parametrize("rung", ["doing", "one picture", "imagining"])
def test_twice_the_samples_leave_an_error_smaller_by_the_root_of_two(styled, rung):
    few, many = (
        spread([ask(styled, rung, samples, seed) for seed in range(SEEDS)]) for samples in (64, 128)
    )
    ratio, error = few[0] / many[0], np.hypot(few[1], many[1])
    assert abs(np.log(ratio / np.sqrt(2))) < 4 * error
    assert error < np.log(2) / 2 / 4, "no fall at all would show"


@pytest.mark.parametrize(
    "rung", ["seeing", "doing", "one picture", "imagining", "from some factors", "forgetting"]
)
def test_the_error_that_an_answer_reports_is_the_spread_between_seeds(styled, rung):
    answers = [ask(styled, rung, 64, seed) for seed in range(SEEDS)]
    found, error = spread(answers)
    told = np.sqrt(np.mean([np.square(answer.standard_error).mean() for answer in answers]))
    assert abs(np.log(told / found)) < 4 * error
    assert error < 0.1
    assert answers[0].mean_standard_error == answers[0].standard_error.mean()


def test_the_error_that_is_reported_stands_still_where_nothing_is_drawn(explorer):
    """One outcome, and no picture reads z: any number of draws says the same."""
    answer = explorer.with_story("independent").counterfactual(HEART, do={"shape": 0}, samples=9)
    assert answer.latents == 0
    assert answer.mean_standard_error < 1e-9


def test_the_error_of_what_no_z_blurs_is_that_of_a_share(explorer):
    """Of a pixel that is on in a share p of S draws: √(p (1 - p) / (S - 1))."""
    answer = explorer.intervention({"shape": 0}, samples=400)
    share = answer.truth
    expected = np.sqrt(share * (1 - share) / 399)
    sharp = np.abs(answer.density - answer.truth) < 1e-6
    assert sharp.mean() > 0.9
    np.testing.assert_allclose(answer.standard_error[sharp], expected[sharp], atol=1e-4)


def test_a_single_sample_tells_no_error(styled, explorer):
    for opened in (styled, explorer):
        assert np.isnan(opened.intervention({"shape": 0}, samples=1).standard_error).all()


def test_sweeps_and_steps_say_it_too(styled):
    strip = styled.sweep("shape", STYLED, samples=64)
    steps = styled.steps(STYLED, do={"shape": 0}, samples=64, shown=2)
    for answer in (*strip, steps.answer):
        assert answer.latents >= 16
        assert np.isfinite(answer.standard_error).all()
    np.testing.assert_allclose(steps.answer.standard_error, strip[0].standard_error, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "do"), [("causal-vae", {"angle": 0}), ("intact-vae", {"Eyeglasses": 1})]
)
def test_a_population_of_pictures_says_how_far_chance_takes_it(name, do):
    opened = ce.load(name)
    answers = [opened.intervention(do, samples=16, seed=seed) for seed in range(SEEDS)]
    found, error = spread(answers)
    told = np.sqrt(np.mean([np.square(answer.standard_error).mean() for answer in answers]))
    assert abs(np.log(told / found)) < 4 * error
    assert error < 0.1


def test_a_treated_population_says_it_too_and_an_exact_answer_that_nothing_is_drawn():
    ill = ce.load("cevae").intervention({"t": 1}, samples=50)
    assert 0 < ill.mean_standard_error < 0.5 / np.sqrt(49)
    swung = ce.load("causal-vae").counterfactual({"angle": 20, "light": 90}, do={"angle": 0})
    assert swung.mean_standard_error == 0
