"""Lessons: states of the app, each with a claim that is computed when it is read."""
