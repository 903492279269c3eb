"""Structural causal models over categorical variables; nothing here knows of images."""
