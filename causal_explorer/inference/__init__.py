"""Questions and their answers; start with counterfactual.py."""
