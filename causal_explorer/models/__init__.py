"""Models, one a file, and the parts they are made of."""
