"""Structural causal models small enough to enumerate by hand.

Plain: a → b → c and a → c. Confounded: a → b → c, and a hidden w → a, w → c.
"""

import numpy as np
import torch

from causal_explorer.scm.mechanisms import mechanism
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.variables import Variable

A = Variable("a", (0.0, 1.0, 2.0), kind="nominal", labels=("x", "y", "z"))
B = Variable("b", (0.0, 1.0, 2.0, 3.0))
C = Variable("c", tuple(float(k) for k in range(5)), "rad", "circular")
W = Variable("w", (0.0, 1.0, 2.0))


def small_scm(seed: int = 0) -> SCM:
    rng = np.random.default_rng(seed)
    return SCM(
        name="small",
        summary="a causes b, both cause c",
        variables=(C, A, B),  # not in causal order on purpose
        mechanisms={
            "a": mechanism((), rng.dirichlet(np.ones(3))),
            "b": mechanism(("a",), rng.dirichlet(np.ones(4), 3)),
            "c": mechanism(("b", "a"), rng.dirichlet(np.ones(5), (4, 3))),
        },
    )


def confounded_scm(seed: int = 0) -> SCM:
    rng = np.random.default_rng(seed)
    return SCM(
        name="confounded",
        summary="a causes b, b causes c, and something unseen causes a and c",
        variables=(C, A, B),
        mechanisms={
            "a": mechanism(("w",), rng.dirichlet(np.ones(3), 3)),
            "b": mechanism(("a",), rng.dirichlet(np.ones(4), 3)),
            "c": mechanism(("b", "w"), rng.dirichlet(np.ones(5), (4, 3))),
            "w": mechanism((), rng.dirichlet(np.ones(3))),
        },
        hidden=(W,),
    )


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def law(classes: torch.Tensor, count: int) -> torch.Tensor:
    return torch.bincount(classes, minlength=count).double() / len(classes)


def five_sigma(p: torch.Tensor, *sizes: int) -> torch.Tensor:
    """Five standard errors of a difference of frequencies, plus one count."""
    return 5 * (p * (1 - p) * sum(1 / n for n in sizes)).sqrt() + 1 / min(sizes)
