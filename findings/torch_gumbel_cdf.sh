#!/usr/bin/env bash
# Version: torch 2.13.0, torch.distributions.Gumbel, float32, argument checks on (the default).
# Expected: the support is every real number and the distribution function exp(-exp(-x)) is defined
#   there, as in scipy.stats.gumbel_r; log_prob and the class's own support accept the same numbers.
# Observed: cdf raises ValueError beyond about -4.47 and 15.94. The message blames "Uniform" and its
#   support: the number is mapped to a uniform that rounds to 0 or 1, and that one is checked.
# Why it matters: Gumbel noise is what couples the factual and the counterfactual class. A factual
#   class that the model held for unlikely (its logit 20 below the rest) has noise above 16, and turning
#   that into a quantile fails.
# Output:
#   x =   -5.0  support True  log_prob -143.413  cdf ValueError  scipy 3.5074e-65
#   x =    0.0  support True  log_prob   -1.000  cdf 0.367879    scipy 0.36788
#   x =   20.0  support True  log_prob  -20.000  cdf ValueError  scipy 1
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check torch==2.13.0 numpy==2.4.6 scipy==1.17.1
cd "$folder" && OMP_NUM_THREADS=1 nice -n 19 venv/bin/python -W ignore - <<'PYTHON'
import sys

import torch
from scipy.stats import gumbel_r
from torch.distributions import Gumbel

law = Gumbel(torch.tensor(0.0), torch.tensor(1.0))
answers = []
for number in (-5.0, 0.0, 20.0):
    x = torch.tensor(number)
    try:
        answers.append(f"{float(law.cdf(x)):.6f}")
    except ValueError:
        answers.append("ValueError")
    print(
        f"x = {number:6.1f}  support {bool(law.support.check(x))}  log_prob {float(law.log_prob(x)):8.3f}"
        f"  cdf {answers[-1]:10}  scipy {gumbel_r.cdf(number):.5g}"
    )
if answers != ["ValueError", "0.367879", "ValueError"]:
    sys.exit("no longer so: Gumbel.cdf accepts other numbers than it did")
PYTHON
