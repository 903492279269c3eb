#!/usr/bin/env bash
# Version: safetensors 0.8.0, safetensors.numpy.save with an array in Fortran order.
# Expected: a NumPy array is its values, whatever the order in memory: np.save keeps them,
#   safetensors 0.6.2 and 0.7.0 kept them too, and safetensors.torch refuses a transposed tensor
#   with a ValueError. The docstring asks for "contiguous and dense" arrays; an array in Fortran
#   order is both (NumPy: flags.f_contiguous).
# Observed: saved without a word, and other values come back, in the right shape and dtype: the
#   memory is written as it lies, with C order in the header. Reported to safetensors as issue 825,
#   open when this was written.
# Why it matters: the transposed picture (x.T) and weights taken from a solver in Fortran order are
#   common, and a checkpoint with shuffled weights loads without complaint.
# Output:
#   saved  [[0, 2, 4], [1, 3, 5]] contiguous in Fortran order: True
#   loaded [[0, 1, 2], [3, 4, 5]]
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet safetensors==0.8.0 numpy==2.2.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from safetensors.numpy import load, save

picture = np.arange(6).reshape(3, 2).T
back = load(save({"picture": picture}))["picture"]
print("saved ", picture.tolist(), "contiguous in Fortran order:", picture.flags.f_contiguous)
print("loaded", back.tolist())
assert back.tolist() == [[0, 1, 2], [3, 4, 5]] != picture.tolist(), "no longer so"
PY
