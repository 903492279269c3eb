"""Causal Explorer: image counterfactuals that can be checked.

import causal_explorer as ce
explorer = ce.load("scm-vae")
answer = explorer.counterfactual(factors=..., do=...)
"""

from causal_explorer.inference.answer import CounterfactualAnswer, PopulationAnswer
from causal_explorer.inference.explorer import Explorer
from causal_explorer.inference.opened import Opened, PictureAnswer, RefusedError
from causal_explorer.inference.opening import load
from causal_explorer.scm.actions import Replace, Shift
from causal_explorer.scm.mechanisms import mechanism

__all__ = [
    "CounterfactualAnswer",
    "Explorer",
    "Opened",
    "PictureAnswer",
    "PopulationAnswer",
    "RefusedError",
    "Replace",
    "Shift",
    "load",
    "mechanism",
]
