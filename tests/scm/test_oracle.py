"""Against chirho: its twin worlds, over the same small model written anew, give the same laws."""

from dataclasses import replace

import pyro
import pyro.distributions as dist
import pytest
import torch
from chirho.counterfactual.handlers import TwinWorldCounterfactual
from chirho.interventional.handlers import do

from causal_explorer.scm.actions import settings
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.law import counterfactual_law
from causal_explorer.scm.scm import SCM
from tests.scm.small import A, B, C, five_sigma, law, small_scm

DRAWS = 400_000


def story():
    """Without a ring, so that the plain inverse CDF is the monotone coupling."""
    small = small_scm()
    return SCM("small", "", (A, B, replace(C, kind="ordinal")), small.mechanisms)


def gumbel(name, rows):
    zero = torch.zeros(rows.shape[-1], dtype=torch.float64)
    return (rows.log() + pyro.sample(f"u_{name}", dist.Gumbel(zero, zero + 1).to_event(1))).argmax(
        -1
    )


def monotone(name, rows):
    u = pyro.sample(f"u_{name}", dist.Uniform(torch.zeros(()).double(), 1.0))
    return (rows.cumsum(-1)[..., :-1] < u[..., None]).sum(-1)


def model(assign, tables):
    """a → b → c and a → c; nothing of ours but the tables."""
    with pyro.plate("units", DRAWS, dim=-1):
        a = pyro.deterministic("a", assign("a", tables["a"]), event_dim=0)
        b = pyro.deterministic("b", assign("b", tables["b"][a]), event_dim=0)
        c = pyro.deterministic("c", assign("c", tables["c"][b, a]), event_dim=0)
    return {"a": a, "b": b, "c": c}


@pytest.mark.parametrize("coupling", ["gumbel", "monotone"])
@pytest.mark.parametrize(
    ("given", "actions"),
    [
        ({"c": 2}, {"a": 1}),
        ({"a": 0, "b": 2}, {"a": 2}),
        ({"a": 0, "b": 1, "c": 3}, {"b": 3}),
    ],
)
def test_twin_worlds_give_the_same_counterfactual_laws(coupling, given, actions):
    pyro.set_rng_seed(0)
    own = story()
    tables = {name: mechanism.table for name, mechanism in own.mechanisms.items()}
    assign = {"gumbel": gumbel, "monotone": monotone}[coupling]
    values = {name: torch.tensor(k) for name, k in actions.items()}
    with TwinWorldCounterfactual(first_available_dim=-2), do(actions=values):
        worlds = model(assign, tables)
    # the factual world comes first; what no action reaches is the same in both
    both = {name: value.expand(2, DRAWS) for name, value in worlds.items()}
    seen = torch.ones(DRAWS, dtype=torch.bool)
    for name, k in given.items():
        seen &= both[name][0] == k
    exact = counterfactual_law(own, COUPLINGS[coupling], given, settings(actions))
    for variable in own.variables:
        found = law(both[variable.name][1][seen], variable.classes)
        wanted = exact[variable.name]
        assert (found - wanted).abs().le(five_sigma(wanted, int(seen.sum()))).all()
