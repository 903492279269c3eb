"""Causal Explorer: image counterfactuals that can be checked.

import causal_explorer as ce
explorer = ce.load("scm-vae")
answer = explorer.counterfactual(factors=..., do=...)
"""

from causal_explorer.inference.answer import CounterfactualAnswer, PopulationAnswer
from causal_explorer.inference.explorer import Explorer, load
from causal_explorer.scm.actions import Replace, Shift
from causal_explorer.scm.mechanisms import mechanism

__all__ = [
    "CounterfactualAnswer",
    "Explorer",
    "PopulationAnswer",
    "Replace",
    "Shift",
    "load",
    "mechanism",
]
