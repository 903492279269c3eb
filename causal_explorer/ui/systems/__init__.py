"""Explore, for any system but the sprites: its unit, its targets, its pictures."""
