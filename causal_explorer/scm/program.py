"""A structural causal model as a Pyro program: every noise and every variable a named site."""

from __future__ import annotations

import pyro
import pyro.distributions as dist
import torch

from causal_explorer.scm.coupling import Coupling
from causal_explorer.scm.scm import SCM, Classes


def factors(story: SCM, coupling: Coupling, count: int = 1) -> Classes:
    """Draws `count` units: sites "u_<variable>" ~ p(u) and "<variable>" := f(pa, u).

    An assignment is a Delta site, so `pyro.condition` on a variable weighs a noise by 1 or
    0, and `pyro.do` on it replaces the assignment.

    Returns:
        (count,) int64 classes of each variable.
    """
    classes: Classes = {}
    with pyro.plate("units", count):
        for variable in story.order:
            u = pyro.sample(f"u_{variable.name}", coupling.prior(variable))
            rows = story.rows(variable.name, classes, count)
            assigned = dist.Delta(coupling.assign(variable, rows, torch.as_tensor(u)))
            value = pyro.sample(variable.name, assigned)
            classes[variable.name] = torch.as_tensor(value).expand(count)
    return classes
