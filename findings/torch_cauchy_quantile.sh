#!/usr/bin/env bash
# Version: torch 2.13.0, torch.distributions.Cauchy and HalfCauchy, icdf at 1 (and at 0), float32.
# Expected: the quantile of 1 is the upper end of the support, infinity, as scipy.stats.cauchy,
#   halfcauchy and torch's own Normal and Laplace say; quantiles never decrease.
# Observed: the quantile of 1 is about -2.3e7 for both: the tangent of a rounded pi/2 has the wrong
#   sign. For HalfCauchy the answer is negative, outside its own support. Cauchy at 0 is +2.3e7.
# Why it matters: couplings by quantile (the same u under two laws) meet u = 0 or 1 after rounding in
#   float32; here the largest noise silently becomes the most negative one. HalfCauchy is a usual prior
#   of a scale, and the scale becomes negative.
# Output:
#   Normal      icdf(0)      -inf  icdf(1)       inf  scipy  -inf  inf
#   Laplace     icdf(0)      -inf  icdf(1)       inf  scipy  -inf  inf
#   Cauchy      icdf(0)  2.29e+07  icdf(1) -2.29e+07  scipy  -inf  inf
#   HalfCauchy  icdf(0)         0  icdf(1) -2.29e+07  scipy   0.0  inf
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check torch==2.13.0 numpy==2.4.6 scipy==1.17.1
cd "$folder" && OMP_NUM_THREADS=1 nice -n 19 venv/bin/python -W ignore - <<'PYTHON'
import sys

import torch
from scipy import stats
from torch.distributions import Cauchy, HalfCauchy, Laplace, Normal

zero, one = torch.tensor(0.0), torch.tensor(1.0)
for name, law, peer in (
    ("Normal", Normal(zero, one), stats.norm),
    ("Laplace", Laplace(zero, one), stats.laplace),
    ("Cauchy", Cauchy(zero, one), stats.cauchy),
    ("HalfCauchy", HalfCauchy(one), stats.halfcauchy),
):
    low, high = float(law.icdf(zero)), float(law.icdf(one))
    print(f"{name:10}  icdf(0) {low:9.3g}  icdf(1) {high:9.3g}  scipy {peer.ppf(0):5} {peer.ppf(1):4}")
if not (Cauchy(zero, one).icdf(one) < 0 and HalfCauchy(one).icdf(one) < 0):
    sys.exit("no longer so: the quantile of 1 is not negative any more")
PYTHON
