"""Closed-form abduction against brute-force rejection in Pyro."""

import pyro
import pytest
import torch

from causal_explorer.scm.actions import Set, settings
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.program import factors
from tests.scm.small import five_sigma, generator, law, small_scm

DRAWS = 400_000
OURS = 50_000
EVIDENCE = {"a": 1, "b": 2, "c": 3}


def accepted_noise(story, coupling):
    """u ~ p(u | evidence): Pyro draws from the prior; a unit's weight is 1 or 0."""
    torch.manual_seed(0)
    evidence = {name: torch.full((DRAWS,), value) for name, value in EVIDENCE.items()}
    conditioned = pyro.condition(factors, data=evidence)
    trace = pyro.poutine.trace(conditioned).get_trace(story, coupling, DRAWS)
    trace.compute_log_prob()
    weight = sum(trace.nodes[name]["log_prob"] for name in EVIDENCE)
    assert set(weight.unique().tolist()) == {0.0, -torch.inf}
    kept = weight == 0
    return {f"u_{name}": trace.nodes[f"u_{name}"]["value"][kept] for name in EVIDENCE}


@pytest.mark.parametrize("name", COUPLINGS)
@pytest.mark.parametrize("do", [{"a": 0}, {"b": 0}, {"a": 2, "b": 3}], ids=str)
def test_abduction_agrees_with_rejection(name, do):
    story, coupling = small_scm(), COUPLINGS[name]
    noise = accepted_noise(story, coupling)
    kept = len(noise["u_a"])
    assert kept > 2_000, "too few accepted for the tolerance to mean anything"
    program = pyro.do(
        pyro.condition(factors, data=noise), {k: torch.tensor(v) for k, v in do.items()}
    )
    brute = program(story, coupling, kept)

    observed = {k: torch.full((OURS,), v) for k, v in EVIDENCE.items()}
    abducted = story.abduct(observed, coupling, generator())
    closed = story.predict(abducted, coupling, settings(do))
    for variable in story.variables:
        theirs = law(brute[variable.name], variable.classes)
        ours = law(closed[variable.name], variable.classes)
        pooled = (kept * theirs + OURS * ours) / (kept + OURS)
        assert (theirs - ours).abs().le(five_sigma(pooled, kept, OURS)).all(), variable.name


def test_the_rejection_check_can_fail():
    """The same comparison rejects the prior noise, which is no abduction."""
    story, coupling = small_scm(), COUPLINGS["monotone"]
    noise = accepted_noise(story, coupling)
    kept = len(noise["u_a"])
    brute = pyro.do(pyro.condition(factors, data=noise), {"a": torch.tensor(0)})(
        story, coupling, kept
    )
    prior = story.predict(story.draw_noise(OURS, coupling, generator()), coupling, {"a": Set(0)})
    theirs, wrong = law(brute["b"], 4), law(prior["b"], 4)
    pooled = (kept * theirs + OURS * wrong) / (kept + OURS)
    assert not (theirs - wrong).abs().le(five_sigma(pooled, kept, OURS)).all()


@pytest.mark.parametrize("name", COUPLINGS)
def test_the_program_draws_the_joint(name):
    story = small_scm()
    torch.manual_seed(1)
    classes = factors(story, COUPLINGS[name], OURS)
    table = torch.zeros(5, 3, 4, dtype=torch.float64)
    table.index_put_(
        (classes["c"], classes["a"], classes["b"]),
        torch.ones(OURS, dtype=torch.float64),
        accumulate=True,
    )
    exact = story.log_joint().exp()
    assert (table / OURS - exact).abs().le(five_sigma(exact, OURS)).all()
