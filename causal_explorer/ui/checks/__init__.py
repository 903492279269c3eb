"""What the page Sanity checks is made of."""
