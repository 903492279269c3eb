"""What the README's figures come from: `python -m benchmarks`, `.fidelity` and `.errors`."""
