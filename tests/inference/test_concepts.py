from copy import deepcopy
from itertools import pairwise

import numpy as np
import pytest
import torch

import causal_explorer as ce
from causal_explorer.data import pendulum, units

UNIT = {"angle": 15.0, "light": 100.0}


@pytest.fixture(scope="module")
def pendulums():
    return ce.load("causal-vae")


def test_abduction_keeps_a_picture_as_it_is_under_its_own_values(pendulums):
    found = pendulums.reconstruct(pendulum.render(np.array([[15.0, 100.0, 5.0, 12.0]]))[0])
    assert found.shape == (96, 96, 3)
    z = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        same = pendulums._predict(z, {0: 0.0})
        again = pendulums._predict(same, {0: 0.0})
    assert torch.allclose(same, again, atol=1e-5)
    assert (same[:, 0] == 0).all()


def test_do_on_an_effect_moves_it_alone(pendulums):
    z = torch.randn(5, 4, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        changed = pendulums._predict(z, {2: 1.5})
    assert torch.allclose(changed[:, [0, 1, 3]], z[:, [0, 1, 3]], atol=1e-5)
    assert (changed[:, 2] == 1.5).all()


def test_the_learned_graph_is_the_true_one(pendulums):
    assert set(pendulums.graph.edges) == set(pendulum.law().graph.edges)


@pytest.mark.parametrize("target", ["angle", "light", "shadow_length", "shadow_position"])
def test_every_concept_is_set_at_values_between_those_of_the_grid(pendulums, target):
    value = {"angle": -7.77, "light": 81.3, "shadow_length": 4.44, "shadow_position": 9.9}[target]
    answer = pendulums.counterfactual(UNIT, {target: value})
    assert answer.read[target] == pytest.approx(value, rel=1e-4)
    assert answer.counterfactual[target] == value
    ranges = dict(zip(answer.read, np.ptp(pendulum.grid(), axis=0), strict=True))
    for name, true in answer.counterfactual.items():
        assert abs(answer.read[name] - true) < 0.1 * ranges[name]
    undone = float(np.abs(answer.reconstruction - answer.truth).mean())
    assert answer.l1 < undone


def test_a_population_is_averaged_and_seeded(pendulums):
    once, again = (pendulums.intervention({"angle": 0.0}, samples=20, seed=3) for _ in range(2))
    np.testing.assert_array_equal(once.density, again.density)
    assert once.counterfactual["angle"] == 0
    assert once.counterfactual["light"] == pytest.approx(once.factual["light"])


def test_a_traversal_moves_one_concept_and_no_other_answers(pendulums):
    picture = pendulum.render(np.array([[15.0, 100.0, 5.0, 12.0]]))[0]
    walk = pendulums.traverse(1, picture)
    assert walk.shape == (9, 96, 96, 3)
    moved = np.ptp(walk, axis=0).max((1, 2)) > 0.3
    assert moved[:20].any()  # the sun
    assert not moved[40:80].any()  # the rod and the ball


@pytest.mark.parametrize(
    ("factors", "do", "said"),
    [
        (UNIT, {}, "do is {}: it takes values of angle"),
        (UNIT, "angle", "do is 'angle': it takes values of angle"),
        (UNIT, {"moon": 1.0}, "unknown concept 'moon'"),
        (UNIT, {"angle": 400.0}, "it takes a number from -40 to 40"),
        ({"angle": 3.0}, {"angle": 1.0}, "light has no value"),
    ],
)
def test_bad_questions_are_one_sentence(pendulums, factors, do, said):
    with pytest.raises(ValueError, match=said):
        pendulums.counterfactual(factors, do)


def test_nothing_is_drawn_of_one_unit_and_its_latents_have_names(pendulums):
    assert not pendulums.draws
    first, other = (
        pendulums.counterfactual(UNIT, {"angle": 1.0}, samples=k, seed=k) for k in (1, 5)
    )
    np.testing.assert_array_equal(first.density, other.density)
    assert pendulums.latent_names == ("angle", "light", "shadow length", "shadow position")
    assert ce.load("intact-vae").latent_names == ()


def test_a_picture_that_contradicts_its_factors_is_refused(pendulums):
    """One degree is a matter of reading; ten are another pendulum."""
    near, far = (
        units.picture(pendulums.dataset, UNIT | {"angle": UNIT["angle"] + by}) for by in (1, 10)
    )
    assert pendulums.counterfactual(UNIT, {"angle": 0}, image=near).do == {"angle": 0}
    for image in (far, np.ones((96, 96, 3))):
        with pytest.raises(ValueError, match=r"contradict each other: the image lies 0\.[1-9]"):
            pendulums.counterfactual(UNIT, {"angle": 0}, image=image)


@pytest.mark.parametrize("nonsense", ["black", "white", "noise", "on its head"])
def test_a_picture_that_nothing_explains_is_refused(pendulums, nonsense):
    picture = {
        "black": np.zeros((96, 96, 3)),
        "white": np.ones((96, 96, 3)),
        "noise": np.random.default_rng(0).random((96, 96, 3)),
        "on its head": units.picture(pendulums.dataset, UNIT)[::-1],
    }[nonsense]
    for ask in (pendulums.reconstruct, lambda image: pendulums.traverse(0, image)):
        with pytest.raises(ValueError, match="The model does not explain the image"):
            ask(picture)


@pytest.mark.parametrize("angle", [-40, 40])
@pytest.mark.parametrize("light", [54, 133])
def test_every_corner_of_what_can_be_set_is_explained(pendulums, angle, light):
    picture = units.picture(pendulums.dataset, {"angle": angle, "light": light})
    assert pendulums.reconstruct(picture).shape == (96, 96, 3)


def test_a_picture_of_another_shape_is_refused(pendulums):
    with pytest.raises(ValueError, match="image has shape"):
        pendulums.reconstruct(np.zeros((64, 64)))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"samples": 0}, "samples is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": "x"}, "seed is 'x'"),
    ],
)
def test_what_is_not_needed_is_checked_all_the_same(pendulums, more, said):
    with pytest.raises(ValueError, match=said):
        pendulums.counterfactual(UNIT, {"angle": 1.0}, **more)


@pytest.mark.parametrize("values", [[np.nan], [1e39], [10**400], 5, [[1.0, 2.0]], [], ["1"]])
def test_bad_values_of_a_latent_are_refused(pendulums, values):
    picture = pendulum.render(np.array([[15.0, 100.0, 5.0, 12.0]]))[0]
    with pytest.raises(ValueError, match="it takes a list of numbers|it takes an array of numbers"):
        pendulums.traverse(0, picture, values)


@pytest.mark.parametrize("factors", [5, {"angle"}, [15.0, 100.0]])
def test_a_unit_is_told_by_variable(pendulums, factors):
    with pytest.raises(ValueError, match="it takes values by variable"):
        pendulums.counterfactual(factors, {"angle": 1.0})


def test_the_law_may_leave_the_range_that_a_person_sets(pendulums):
    answer = pendulums.counterfactual({"angle": 20.0, "light": 95.0}, {"angle": -40, "light": 54})
    assert answer.counterfactual["shadow_position"] < 2
    assert np.isfinite(answer.truth).all()
    with pytest.raises(ValueError, match="out of range"):
        pendulums.counterfactual(UNIT, {"angle": 10**400})


def test_what_follows_from_the_unit_may_leave_its_range_too(pendulums):
    answer = pendulums.counterfactual({"angle": -40, "light": 54}, {"angle": 0})
    assert answer.factual["shadow_position"] < 2, "nobody set it"
    again = pendulums.counterfactual(answer.factual, {"angle": 0})
    np.testing.assert_array_equal(again.density, answer.density)
    with pytest.raises(ValueError, match="shadow_position"):
        pendulums.counterfactual(answer.factual | {"shadow_position": 1.0}, {"angle": 0})
    assert answer.counterfactual["angle"] == 0


def test_effects_follow_their_causes_whatever_order_the_columns_have(pendulums):
    """Chains through all four concepts, up the columns and down: each mechanism reads the new."""
    changed = deepcopy(pendulums)
    z = torch.randn(5, 4, generator=torch.Generator().manual_seed(0))
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]):
        graph = changed.model.graph
        with torch.no_grad():
            graph.logits.fill_(-9.0)
            for cause, effect in pairwise(order):
                graph.logits[cause, effect] = 9.0
            found = changed._predict(z, {order[0]: 1.5})
            assert (found[:, order[0]] == 1.5).all()
            for j in order[1:]:  # the noise is what it was
                before, after = (values[:, j] - graph.mean(values, j) for values in (z, found))
                torch.testing.assert_close(after, before, atol=1e-5, rtol=0)
            assert (found[:, order[-1]] != z[:, order[-1]]).any()
