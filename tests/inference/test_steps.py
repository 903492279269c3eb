"""The noise that is shown is the noise that made the answer, for every story and coupling."""

import numpy as np
import pytest
import torch

import causal_explorer as ce
from causal_explorer.data import dsprites
from causal_explorer.inference.steps import cumulated
from causal_explorer.scm.actions import Replace, Set, Shift
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.mechanisms import mechanism
from causal_explorer.scm.stories import STORIES

HEART = {"shape": "heart", "scale": 3, "orientation": 10, "posX": 16, "posY": 16}
SQUARE = dsprites.render(np.array([[0, 3, 4, 10, 16]]))[0]
STRAY = dsprites.render(np.array([[2, 3, 10, 16, 16]]))[0]
STRAY[1, 1] = 1  # far from where any sprite can be
FLAT = Replace(mechanism((), [1 / 6] * 6))
DOS = [
    {"shape": "square"},
    {"scale": 0, "posX": 3},
    {"shape": 1, "scale": 5, "orientation": 3, "posX": 2, "posY": 30},
    {"scale": Shift(2)},
    {"scale": FLAT, "shape": 0},
]
PICTURES = ("original", "reconstruction", "density", "truth", "factual", "counterfactual")


def assert_same_answer(one, other):
    for name in PICTURES:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    for name in ("factors", "latent", "pixels"):
        np.testing.assert_array_equal(
            getattr(one.uncertainty, name), getattr(other.uncertainty, name)
        )
    assert (one.do, one.cut, one.descendants) == (other.do, other.cut, other.descendants)


def assigned(steps, variable, rows):
    """v := f(row, u), with the noise that is shown."""
    noise = torch.from_numpy(steps.factors.noise[variable.name])
    table = torch.from_numpy(rows[variable.name])
    return COUPLINGS[steps.coupling].assign(variable, table, noise)


def assert_the_noise_reproduces_the_classes(steps):
    for variable in steps.factors.variables:
        name, action = variable.name, steps.answer.do.get(variable.name)
        before = assigned(steps, variable, steps.factors.rows)
        np.testing.assert_array_equal(before, steps.factors.factual[name], err_msg=name)
        after = assigned(steps, variable, steps.factors.rows_cf)
        if isinstance(action, Shift):
            after = action.of(variable, after)
        np.testing.assert_array_equal(after, steps.factors.counterfactual[name], err_msg=name)
        if isinstance(action, Set):
            assert (steps.factors.rows_cf[name][:, action.value] == 1).all()
    for column, variable in enumerate(steps.answer.variables):
        for side in ("factual", "counterfactual"):
            shown = getattr(steps.factors, side)[variable.name]
            table = getattr(steps.answer, side)[: len(steps), column]
            np.testing.assert_array_equal(shown, table)


@pytest.mark.parametrize("do", DOS, ids=str)
@pytest.mark.parametrize("coupling", COUPLINGS)
@pytest.mark.parametrize("story", STORIES)
def test_the_noise_gives_the_classes_before_and_after(explorer, story, coupling, do):
    asked, settings = explorer.with_story(story), {"samples": 60, "seed": 3, "coupling": coupling}
    replaced = isinstance(do.get("scale"), Replace)
    steps = asked.steps(HEART, do=do, shown=40, **settings)
    assert len(steps) == 40
    assert_the_noise_reproduces_the_classes(steps)
    assert_same_answer(steps.answer, asked.counterfactual(HEART, do=do, **settings))
    if replaced:
        np.testing.assert_allclose(steps.factors.rows_cf["scale"], 1 / 6)


@pytest.mark.parametrize("coupling", COUPLINGS)
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize(
    "evidence", [{"image": SQUARE}, {"factors": {"scale": 4, "posX": 20}}], ids=["image", "factors"]
)
def test_so_it_does_where_the_factors_are_inferred(explorer, story, coupling, evidence):
    asked, settings = explorer.with_story(story), {"samples": 50, "seed": 2, "coupling": coupling}
    steps = asked.steps(**evidence, do={"shape": 2, "posX": 0}, **settings)
    assert len(steps) == 50, "all, where there are fewer than are shown at most"
    assert_the_noise_reproduces_the_classes(steps)
    answer = asked.counterfactual(**evidence, do={"shape": 2, "posX": 0}, **settings)
    assert_same_answer(steps.answer, answer)


def test_hidden_causes_are_followed_too(explorer):
    steps = explorer.with_story("shared-cause").steps(HEART, do={"posX": 0}, samples=200, shown=200)
    wind = steps.factors.factual["wind"]
    assert [variable.name for variable in steps.factors.variables][-1] == "wind"
    assert len(np.unique(wind)) > 1, "a draw of p(wind | v) each"
    np.testing.assert_array_equal(wind, steps.factors.counterfactual["wind"])


def test_noise_that_the_answer_used_is_not_drawn_anew(explorer):
    """Against the answer's own recipe: the factors that can move, in causal order."""
    story, coupling = explorer.story, COUPLINGS["gumbel"]
    steps = explorer.steps(HEART, do={"scale": 0}, samples=30, seed=7)
    generator = torch.Generator().manual_seed(7)
    row = {
        name: torch.full((30,), int(k)) for name, k in zip(HEART, [2, 3, 10, 16, 16], strict=True)
    }
    wanted = story.abduct(row, coupling, generator, only={"posY"})["posY"]
    np.testing.assert_array_equal(steps.factors.noise["posY"], wanted)
    first = explorer.steps(HEART, do={"scale": 0}, samples=30, seed=7, shown=4)
    np.testing.assert_array_equal(first.factors.noise["posY"], wanted[:4])


def test_noise_of_each_factor_is_independent_of_the_others(explorer):
    """Under flat rows u of K classes is (k + share) / K: the shares are U(0, 1) each."""
    steps = explorer.with_story("independent").steps(
        HEART, do={"posX": Shift(1)}, samples=400, shown=400, coupling="monotone"
    )
    table = [steps.factors.noise[f.name] * f.classes % 1 for f in dsprites.FACTORS]
    apart = np.corrcoef(table)[~np.eye(5, dtype=bool)]
    assert np.abs(apart).max() < 5 / np.sqrt(400)


@pytest.mark.parametrize("factor", dsprites.FACTORS, ids=lambda factor: factor.name)
def test_monotone_noise_lies_in_the_interval_of_its_class(explorer, factor):
    steps = explorer.steps(HEART, do={"shape": 0}, samples=50, coupling="monotone")
    for side, classes in (
        (steps.factors.rows, steps.factors.factual),
        (steps.factors.rows_cf, steps.factors.counterfactual),
    ):
        if side is steps.factors.rows_cf and factor.name == "shape":
            continue  # set: it reads no noise
        for row, k, u in zip(
            side[factor.name], classes[factor.name], steps.factors.noise[factor.name], strict=True
        ):
            order, cdf = cumulated(factor, row)
            place = int(np.flatnonzero(order == k)[0])
            assert cdf[place] - row[k] - 1e-12 <= u <= cdf[place] + 1e-12
            assert cdf[-1] == pytest.approx(1)
            assert sorted(order) == list(range(factor.classes))


@pytest.mark.parametrize("coupling", COUPLINGS)
@pytest.mark.parametrize("evidence", [{"factors": HEART}, {"image": SQUARE}], ids=str)
def test_the_draws_pictures_average_to_the_answer(explorer, coupling, evidence):
    """Both sum the same pictures in float64, in another order: 300 roundings of at most 2⁻⁵³."""
    steps = explorer.steps(
        **evidence, do={"shape": 2, "scale": 1}, samples=300, shown=300, coupling=coupling
    )
    density = steps.pixels.density.mean(0, dtype=np.float64)
    np.testing.assert_allclose(density, steps.answer.density, rtol=0, atol=300 * 2.0**-53)
    np.testing.assert_allclose(steps.pixels.truth.mean(0), steps.answer.truth, atol=1e-15)
    table = np.stack(list(steps.factors.counterfactual.values()), axis=1)
    np.testing.assert_array_equal(steps.pixels.truth, dsprites.render(table))


@pytest.mark.parametrize("name", ["scm-vae", "scm-vae-mlp"])
def test_a_draws_picture_is_the_share_of_its_interval_below_the_new_probability(name):
    """|I ∩ (0, p')| / |I| of the interval I that abduction leaves u, wherever it has a width."""
    steps = ce.load(name).steps(HEART, STRAY, do={"shape": 0}, samples=20)
    low, high = steps.pixels.interval
    width = (high - low).astype(np.float64)
    assert (low <= high).all()
    assert (low[:, steps.pixels.x == 1] == 0).all()
    assert (high[:, steps.pixels.x == 0] == 1).all()
    wide = width > 1e-2
    assert wide.mean() > 0.9
    share = (np.minimum(high, steps.pixels.p_cf) - low).clip(0)[wide] / width[wide]
    np.testing.assert_allclose(steps.pixels.density[wide], share, atol=1e-4)  # float32 over 1/100


def test_z_is_what_the_encoder_says_and_is_read_where_it_matters():
    for name, reads in (("scm-vae", False), ("scm-vae-mlp", True)):
        opened = ce.load(name)
        steps = opened.steps(HEART, do={"shape": 0}, samples=5)
        assert steps.pixels.reads_latent is reads
        x = torch.from_numpy(steps.answer.original).float()[None]
        q = opened.checkpoint.model.encode(x, torch.from_numpy(steps.answer.factual[:1]))
        for found, wanted in ((steps.pixels.z_mean, q.mean), (steps.pixels.z_stddev, q.stddev)):
            np.testing.assert_allclose(found, wanted.detach().expand(5, -1), rtol=1e-4, atol=1e-5)
    latents = len(np.unique(steps.pixels.density.reshape(5, -1), axis=0))
    assert latents == 5, "a z of its own each"


def test_each_draw_has_the_z_of_its_own_explanation():
    """No two draws share one, and by their own explanations' laws they are standard normal."""
    opened, square = ce.load("scm-vae-mlp"), {"shape": 0, "scale": 3, "posX": 10, "posY": 16}
    steps = opened.steps(square, SQUARE, do={"posX": 20}, samples=64)
    pixels, table = steps.pixels, steps.answer.factual
    assert len(np.unique(table, axis=0)) > 1
    normal = (pixels.z - pixels.z_mean) / pixels.z_stddev
    assert len(np.unique(normal[:, 0].round(4))) == 64
    squares, freedoms = np.square(normal, dtype=np.float64).sum(), normal.size
    assert abs(squares - freedoms) < 5 * np.sqrt(2 * freedoms)  # chi-square
    p = opened.checkpoint.model.decode(torch.from_numpy(table), torch.from_numpy(pixels.z)).mean
    np.testing.assert_allclose(pixels.p, p.detach(), atol=1e-5)


def test_nothing_moves_where_nothing_is_done(explorer):
    steps = explorer.steps(HEART, do={"shape": Shift(0)}, samples=3)
    for density in steps.pixels.density:
        np.testing.assert_array_equal(density, steps.answer.original)
    np.testing.assert_array_equal(steps.pixels.p, steps.pixels.p_cf)
    for name, rows in steps.factors.rows.items():
        np.testing.assert_array_equal(rows, steps.factors.rows_cf[name])


def test_without_an_image_no_pixel_is_abducted(explorer):
    steps = explorer.steps({"shape": "heart"}, do={"scale": 0}, samples=200, shown=200)
    assert steps.pixels.x is None
    low, high = steps.pixels.interval
    assert low.max() == 0
    assert high.min() == 1
    np.testing.assert_array_equal(steps.pixels.density, steps.pixels.p_cf)
    np.testing.assert_allclose(steps.pixels.density.mean(0), steps.answer.density, atol=1e-6)
    np.testing.assert_allclose(steps.pixels.z_mean, 0)
    np.testing.assert_allclose(steps.pixels.z_stddev, 1)


@pytest.mark.parametrize("evidence", [{"factors": HEART}, {"factors": {"shape": 0}}], ids=str)
def test_same_seed_same_steps_and_another_seed_others(explorer, evidence):
    first, again, other = (
        explorer.steps(**evidence, do={"scale": 0}, samples=20, seed=seed) for seed in (1, 1, 2)
    )
    for name in first.factors.noise:
        np.testing.assert_array_equal(first.factors.noise[name], again.factors.noise[name])
        assert not np.array_equal(first.factors.noise[name], other.factors.noise[name])
    np.testing.assert_array_equal(first.pixels.density, again.pixels.density)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"shown": 0}, "shown is 0: it takes a whole number from 1 to 1,000"),
        ({"shown": 1_001}, "shown is 1001"),
        ({"shown": 2.5}, "shown is 2.5"),
        ({"samples": 0}, "samples is 0"),
        ({"do": {}}, "do is empty"),
        ({"coupling": "none"}, "coupling='none' is unknown"),
        ({"factors": None}, "no evidence"),
        ({"image": np.zeros((64, 64))}, "contradict each other"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_one_sentence(explorer, question, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        explorer.steps(**({"factors": HEART, "do": {"shape": "square"}} | question))
    assert "\n" not in str(error.value)
