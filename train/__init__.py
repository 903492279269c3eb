"""Training: `python -m train scm-vae`. Imports the library, never the reverse."""
