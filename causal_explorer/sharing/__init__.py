"""A question as a thing to hand on: its words, link, picture, animation, record and script."""
