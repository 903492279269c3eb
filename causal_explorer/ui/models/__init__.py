"""The page Models: what each may be asked, how good it is, and what its paper shows."""
