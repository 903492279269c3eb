"""Measures of a model, one a file."""
