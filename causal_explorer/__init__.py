"""Causal Explorer: image counterfactuals that can be checked.

import causal_explorer as ce
explorer = ce.load("scm-vae")
answer = explorer.counterfactual(factors=..., do=...)
"""

from causal_explorer.inference.answer import CounterfactualAnswer, PopulationAnswer
from causal_explorer.inference.explorer import Explorer, load

__all__ = ["CounterfactualAnswer", "Explorer", "PopulationAnswer", "load"]
