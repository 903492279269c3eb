"""Data sets whose truth is known: a renderer each, and stores and loaders of pictures."""
