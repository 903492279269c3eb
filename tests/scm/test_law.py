"""Enumerated laws against brute force: units from the prior, rejected, then changed."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from causal_explorer.scm import law as enumeration
from causal_explorer.scm.actions import Replace, Set, Shift
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.law import counterfactual_law, population_law
from causal_explorer.scm.mechanisms import mechanism
from tests.scm.small import confounded_scm, five_sigma, generator, law, small_scm

DRAWS = 400_000
STORIES = {"plain": small_scm(), "confounded": confounded_scm()}


def replacement(*shape, parents=()):
    return Replace(
        mechanism(parents, np.random.default_rng(7).dirichlet(np.ones(shape[-1]), shape[:-1]))
    )


DOS = {
    "nothing": {},
    "set": {"a": Set(0)},
    "set two": {"a": Set(2), "b": Set(3)},
    "set the last": {"c": Set(4)},
    "shift": {"b": Shift(1)},
    "shift on the ring": {"c": Shift(-2)},
    "replace": {"b": replacement(3, 4, parents=("a",))},
    "replace, cut": {"b": replacement(4)},
    "replace, cut one": {"c": replacement(4, 5, parents=("b",))},
    "all at once": {"a": Shift(1), "b": Set(0), "c": replacement(4, 5, parents=("b",))},
}
EVIDENCE = {
    "none": {},
    "a cause": {"a": 1},
    "an effect": {"c": 2},
    "two": {"b": 1, "c": 3},
    "all": {"a": 1, "b": 2, "c": 3},
}
every_story = pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
every_coupling = pytest.mark.parametrize("name", COUPLINGS)
every_do = pytest.mark.parametrize("do", DOS.values(), ids=DOS)
all_evidence = pytest.mark.parametrize("given", EVIDENCE.values(), ids=EVIDENCE)


@pytest.fixture(scope="module")
def population():
    """Noise of each story's units under each coupling, and who they are; drawn once."""
    drawn = {}
    for story in STORIES.values():
        for name, coupling in COUPLINGS.items():
            noise = story.draw_noise(DRAWS, coupling, generator())
            drawn[story.name, name] = noise, story.predict(noise, coupling)
    return drawn


def brute(population, story, name, given, do):
    """Of the units that are as given, what they would have been."""
    noise, factual = population[story.name, name]
    kept = torch.ones(DRAWS, dtype=torch.bool)
    for factor, value in given.items():
        kept &= factual[factor] == value
    assert kept.sum() > 2_000, "too few accepted for the tolerance to mean anything"
    own = {factor: u[kept] for factor, u in noise.items()}
    return story.predict(own, COUPLINGS[name], do)


def agrees(exact, classes):
    assert set(exact) <= set(classes)
    return all(
        bool((law(classes[factor], len(p)) - p).abs().le(five_sigma(p, len(classes[factor]))).all())
        for factor, p in exact.items()
    )


@every_story
@every_do
def test_doing_has_the_law_of_the_changed_population(population, story, do):
    assert agrees(population_law(story, {}, do), brute(population, story, "monotone", {}, do))


@every_story
@all_evidence
def test_seeing_has_the_law_of_those_who_are_seen(population, story, given):
    exact = population_law(story, given, {})
    assert agrees(exact, brute(population, story, "gumbel", given, {}))
    assert all(exact[factor][value] == 1 for factor, value in given.items())


@every_story
@every_coupling
@every_do
@all_evidence
def test_counterfactuals_have_the_law_of_those_units_changed(population, story, name, do, given):
    exact = counterfactual_law(story, COUPLINGS[name], given, do)
    assert agrees(exact, brute(population, story, name, given, do))


@every_story
@pytest.mark.parametrize("given", [{}, {"b": 1}], ids=str)
@every_do
def test_laws_sum_to_one_over_the_variables_that_are_seen(story, do, given):
    found = [population_law(story, given, {}), population_law(story, {}, do)]
    found += [counterfactual_law(story, coupling, given, do) for coupling in COUPLINGS.values()]
    for laws in found:
        assert list(laws) == ["c", "a", "b"], "what is hidden has no law to tell"
        for variable in story.variables:
            assert laws[variable.name].shape == (variable.classes,)
            assert laws[variable.name].ge(0).all()
            assert float(laws[variable.name].sum()) == pytest.approx(1, abs=1e-12)


@every_story
@every_coupling
@every_do
def test_a_counterfactual_of_nobody_in_particular_is_an_intervention(story, name, do):
    """Rung 3 without evidence is rung 2, whatever the coupling."""
    done, imagined = (
        population_law(story, {}, do),
        counterfactual_law(story, COUPLINGS[name], {}, do),
    )
    for factor, p in done.items():
        torch.testing.assert_close(imagined[factor], p)


@every_story
@every_coupling
@all_evidence
def test_a_counterfactual_without_a_change_is_what_was_seen(story, name, given):
    seen, same = (
        population_law(story, given, {}),
        counterfactual_law(story, COUPLINGS[name], given, {}),
    )
    as_it_was = {factor: Set(value) for factor, value in given.items()}
    again = counterfactual_law(story, COUPLINGS[name], given, as_it_was)
    for factor, p in seen.items():
        torch.testing.assert_close(same[factor], p)
        torch.testing.assert_close(again[factor], p)


def test_seeing_is_not_doing_where_something_hidden_causes_both():
    story = STORIES["confounded"]
    causal = population_law(story, {}, {"a": Set(1)})
    assert not torch.allclose(population_law(story, {"a": 1}, {})["c"], causal["c"], atol=0.01)
    torch.testing.assert_close(population_law(story, {"a": 1}, {})["b"], causal["b"])


@every_story
@every_coupling
@pytest.mark.parametrize("broken", ["b", "c"])
def test_the_checks_reject_a_broken_mechanism(population, story, name, broken):
    own = story.mechanisms[broken]
    turned = mechanism(own.parents, own.table.roll(1, dims=-1))
    wrong = replace(story, mechanisms={**story.mechanisms, broken: turned})
    given, do = {"c": 2}, {"a": Set(0)}
    assert not agrees(population_law(wrong, {}, do), brute(population, story, name, {}, do))
    assert not agrees(population_law(wrong, given, {}), brute(population, story, name, given, {}))
    exact = counterfactual_law(wrong, COUPLINGS[name], given, do)
    assert not agrees(exact, brute(population, story, name, given, do))


@every_story
def test_the_checks_reject_the_other_coupling(population, story):
    given, do = {"c": 2}, {"a": Set(0)}
    exact = counterfactual_law(story, COUPLINGS["gumbel"], given, do)
    assert not agrees(exact, brute(population, story, "monotone", given, do))


def test_a_law_too_large_to_enumerate_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setattr(enumeration, "_LARGEST", 500)
    story, coupling = STORIES["plain"], COUPLINGS["gumbel"]
    with pytest.raises(ValueError, match=r"law of c would take a table of .* give more factors"):
        counterfactual_law(story, coupling, {}, {"a": Shift(1)})
    seen = {"a": 1, "b": 2, "c": 3}
    assert counterfactual_law(story, coupling, seen, {"a": Shift(1)})["c"].sum() == pytest.approx(1)
