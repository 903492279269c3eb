"""One query step by step: what the view is made of."""
