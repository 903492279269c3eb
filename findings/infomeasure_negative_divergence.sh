#!/usr/bin/env bash
# Version: infomeasure 0.6.3, kullback_leiber_divergence(approach="discrete").
# Expected: a Kullback-Leibler divergence is never negative (Gibbs), and is infinite where P puts mass
#   on a value that Q never takes; scipy.stats.entropy(p, q) says so.
# Observed: values that Q lacks are left out of the sum, so the answer is finite, and negative when Q
#   puts more mass than P on the values that both take. P lies half outside Q, and scores below Q with
#   itself.
# Why it matters: a model that never paints one of the classes gets a better score than a perfect one
#   when divergences between factor histograms are ranked.
# Output:
#   half, skewed    0.1438  scipy   0.1438
#   half, half      0.0000  scipy   0.0000
#   half, never    -0.6931  scipy      inf
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check infomeasure==0.6.3
cd "$folder" && OMP_NUM_THREADS=1 nice -n 19 venv/bin/python -W ignore - <<'PYTHON'
import logging
import sys

import numpy as np

logging.disable(logging.CRITICAL)
import infomeasure
from scipy.stats import entropy

half, never = np.array([0, 1] * 50), np.array([0] * 100)
skewed = np.array([0] * 25 + [1] * 75)
found = []
for name, p, q in (("half, skewed", half, skewed), ("half, half", half, half), ("half, never", half, never)):
    found.append(float(infomeasure.kullback_leiber_divergence(p, q, approach="discrete")))
    peer = entropy(np.bincount(p, minlength=2), np.bincount(q, minlength=2))
    print(f"{name:12}  {found[-1]:8.4f}  scipy {peer:8.4f}")
if found[2] >= 0:
    sys.exit("no longer so: the divergence is not negative")
PYTHON
