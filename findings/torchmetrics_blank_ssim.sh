#!/usr/bin/env bash
# Version: TorchMetrics 1.9.0, structural_similarity_index_measure of flat images, data_range left
#   out.
# Expected: SSIM(x, x) = 1 for every x (Wang et al., 2004), and the two constants are there to keep
#   flat regions defined. data_range None is "determined from the data", by its documentation.
# Observed: nan for two equal blank images, for equal grey ones, and for black against white. The
#   range is that of each image alone, 0 for a flat one, so both constants vanish. With
#   data_range=1.0 the three are right; one flat pair is enough to make the mean over a batch of
#   its own nan.
# Why it matters: an object that leaves the picture gives blank truth and blank answer, the one
#   case that is trivially right.
# Output:
#   data_range left out: {'black, black': nan, 'grey, grey': nan, 'black, white': nan}
#   data_range=1.0:      {'black, black': 1.0, 'grey, grey': 1.0, 'black, white': 0.0001}
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile torchmetrics==1.9.0 numpy==2.2.6 torch==2.13.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import torch
from torchmetrics.functional.image import structural_similarity_index_measure as ssim

black = torch.zeros(1, 1, 64, 64)
pairs = {"black, black": (black, black), "grey, grey": (black + 0.5, black + 0.5), "black, white": (black, black + 1)}
left_out = {name: ssim(*pair).item() for name, pair in pairs.items()}
given = {name: round(ssim(*pair, data_range=1.0).item(), 4) for name, pair in pairs.items()}
print("data_range left out:", left_out)
print("data_range=1.0:     ", given)
assert all(value != value for value in left_out.values()) and given["black, black"] == 1, "no longer so"
PY
