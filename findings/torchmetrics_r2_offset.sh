#!/usr/bin/env bash
# Version: torchmetrics 1.9.0 on torch 2.13.0, R2Score and relative_squared_error, float32.
# Expected: R2 is one minus the squared error over the squared deviation of the target from its mean;
#   adding one number to prediction and target changes neither. scikit-learn keeps it from the very
#   same float32 arrays.
# Observed: with an offset of 3000 a predictor that is worse than the mean (R2 = -0.09) is scored as
#   better than it (0.03). The deviation is a difference of two large sums in float32; PearsonCorrCoef
#   of the same package updates a running mean and is right.
# Why it matters: factors, informativeness and treatment effects are compared by R2, and for
#   targets far from zero (years, kelvin) rounding decides the order of two models.
# Output:
#   offset      0  R2  -0.0865  scikit-learn  -0.0865  RSE  1.0865  correlation 0.8682
#   offset   1000  R2  -0.1076  scikit-learn  -0.0865  RSE  1.1076  correlation 0.8682
#   offset   3000  R2   0.0308  scikit-learn  -0.0865  RSE  0.6461  correlation 0.8682
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check torchmetrics==1.9.0 torch==2.13.0 numpy==2.4.6 scikit-learn==1.9.1
cd "$folder" && OMP_NUM_THREADS=1 nice -n 19 venv/bin/python -W ignore - <<'PYTHON'
import sys

import torch
from sklearn.metrics import r2_score
from torchmetrics import PearsonCorrCoef, R2Score
from torchmetrics.functional import relative_squared_error

draw = torch.Generator().manual_seed(0)
prediction = torch.randn(200, generator=draw)
target = prediction + 0.5 * torch.randn(200, generator=draw) + 1
found = []
for offset in (0.0, 1000.0, 3000.0):
    a, b = prediction + offset, target + offset
    found.append(float(R2Score()(a, b)))
    print(
        f"offset {offset:6.0f}  R2 {found[-1]:8.4f}  scikit-learn {r2_score(b.numpy(), a.numpy()):8.4f}"
        f"  RSE {float(relative_squared_error(a, b)):7.4f}  correlation {float(PearsonCorrCoef()(a, b)):.4f}"
    )
if abs(found[2] - found[0]) < 0.01:
    sys.exit("no longer so: R2 does not depend on the offset")
PYTHON
