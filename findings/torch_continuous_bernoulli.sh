#!/usr/bin/env bash
# Version: torch 2.13.0, torch.distributions.ContinuousBernoulli, float32, default lims (0.499, 0.501).
# Expected: the closed form of Loaiza-Ganem and Cunningham (arXiv:1907.06845): the variance is smooth in
#   p and close to 1/12 all around p = 1/2. Inside lims, its "unstable region", the class takes a
#   Taylor series, so outside them the closed form should be stable.
# Observed: it is not stable at lims: at p = 0.499, the last value before the switch, the variance is
#   negative and stddev is nan; at 0.4989 it is three times too large. No error, no warning.
# Why it matters: this is a usual likelihood of a variational autoencoder on grey pixels, and a fresh
#   decoder puts every pixel near p = 1/2. Standard deviations of a picture become nan or wrong there.
# Output:
#   p = 0.4900  variance   0.08234  closed form   0.08333  stddev 0.28694
#   p = 0.4989  variance   0.24609  closed form   0.08333  stddev 0.49608
#   p = 0.4990  variance  -1.60938  closed form   0.08333  stddev nan
#   p = 0.4995  variance   0.08333  closed form   0.08333  stddev 0.28868
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check torch==2.13.0 numpy==2.4.6
cd "$folder" && OMP_NUM_THREADS=1 nice -n 19 venv/bin/python -W ignore - <<'PYTHON'
import math
import sys

import torch
from torch.distributions import ContinuousBernoulli


def closed_form(p):
    return p * (p - 1) / (1 - 2 * p) ** 2 + 1 / (2 * math.atanh(1 - 2 * p)) ** 2


variances = []
for p in (0.49, 0.4989, 0.499, 0.4995):
    probs = torch.tensor(p)
    law = ContinuousBernoulli(probs)
    truth = closed_form(float(probs))  # in double, of the very float32 that torch was given
    variances.append(float(law.variance))
    print(
        f"p = {p:.4f}  variance {variances[-1]:9.5f}  closed form {truth:9.5f}"
        f"  stddev {float(law.stddev):.5f}"
    )
if max(abs(variance - 1 / 12) for variance in variances) < 0.01:
    sys.exit("no longer so: the variance at the edge of lims is right")
PYTHON
