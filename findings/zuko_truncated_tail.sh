#!/usr/bin/env bash
# Version: Zuko 1.6.0 on torch 2.13.0, zuko.distributions.Truncated, float32.
# Expected: its documentation: density zero outside [lower, upper), so every draw lies inside; for the
#   normal law SciPy's truncnorm does so for any interval.
# Observed: from about five standard deviations on, every draw lies outside, at about +-4.75, and
#   log_prob inside is -inf or nan. Both bounds are taken through the distribution function, where they
#   round to one number, and a guard then pulls the quantile back below 1 - 1e-6.
# Why it matters: abduction of a noise that is only known to lie in an interval is a draw from a
#   truncated law. A rare observation gives a far interval; the counterfactual then starts from noise
#   that contradicts what was seen, without an error.
# Output:
#   [ 1,  2)  outside   0.0%  mean draw  1.3858  log_prob  -0.048  scipy mean  1.3809, log_prob  -0.048
#   [ 3,  4)  outside   0.1%  mean draw  3.2573  log_prob  -0.412  scipy mean  3.2602, log_prob  -0.412
#   [ 5,  6)  outside 100.0%  mean draw  4.7230  log_prob    -inf  scipy mean  5.1834, log_prob  -0.975
#   [-9, -8)  outside 100.0%  mean draw -4.7508  log_prob     nan  scipy mean -8.1219, log_prob  -2.030
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check zuko==1.6.0 torch==2.13.0 numpy==2.4.6 scipy==1.17.1
cd "$folder" && OMP_NUM_THREADS=1 nice -n 19 venv/bin/python -W ignore - <<'PYTHON'
import sys

import torch
from scipy.stats import truncnorm
from torch.distributions import Normal
from zuko.distributions import Truncated

torch.manual_seed(0)
outside = []
for low, high in ((1, 2), (3, 4), (5, 6), (-9, -8)):
    law = Truncated(
        Normal(torch.tensor(0.0), torch.tensor(1.0)),
        torch.tensor(float(low)),
        torch.tensor(float(high)),
    )
    draws = law.sample((1000,))
    outside.append(float(((draws < low) | (draws >= high)).float().mean()))
    peer = truncnorm(low, high).rvs(1000, random_state=0)
    print(
        f"[{low:2}, {high:2})  outside {outside[-1]:6.1%}  mean draw {float(draws.mean()):7.4f}"
        f"  log_prob {float(law.log_prob(torch.tensor((low + high) / 2))):7.3f}"
        f"  scipy mean {peer.mean():7.4f}, log_prob {truncnorm(low, high).logpdf((low + high) / 2):7.3f}"
    )
if outside[0] != 0 or outside[2:] != [1.0, 1.0]:
    sys.exit("no longer so: draws of a far interval lie inside it")
PYTHON
