#!/usr/bin/env bash
# Version: Pyro (pyro-ppl) 1.9.2 on torch 2.13.0, poutine.do.
# Expected: the documentation of poutine.do says that intervening on a site equals putting a constant
#   in its place and drawing a fresh site whose value nobody uses. The site that is kept then has the
#   density it had before. In a plate that subsamples 2 of 10 rows it is scaled by 10/2 = 5.
# Observed: the kept site is scaled twice, by 25 (and by 9 under poutine.scale(scale=3)); its log
#   density is five times too low. Without subsampling nothing is wrong, so small tests pass.
# Why it matters: conditioning on what was seen and intervening at once is how a counterfactual is
#   written in Pyro; with minibatches the evidence of exactly the intervened variable is overweighted.
# Output:
#   condition         scale  5  log density    -9.1894
#   do of condition   scale 25  log density   -45.9469
#   under scale(3)    scale  9  log density    -8.2704
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check pyro-ppl==1.9.2 torch==2.13.0
cd "$folder" && OMP_NUM_THREADS=1 nice -n 19 venv/bin/python -W ignore - <<'PYTHON'
import sys

import pyro
import pyro.distributions as dist
import torch
from pyro import poutine


def batch():
    with pyro.plate("rows", 10, subsample_size=2):
        return pyro.sample("x", dist.Normal(0.0, 1.0))


def scaled():
    with poutine.scale(scale=3.0):
        return pyro.sample("x", dist.Normal(0.0, 1.0))


def show(name, model):
    trace = poutine.trace(model).get_trace()
    scale, log_density = float(trace.nodes["x"]["scale"]), float(trace.log_prob_sum())
    print(f"{name:16}  scale {scale:2.0f}  log density {log_density:10.4f}")
    return scale


seen = poutine.condition(batch, {"x": torch.zeros(2)})
done = poutine.do(seen, {"x": torch.ones(2)})
other = poutine.do(poutine.condition(scaled, {"x": torch.zeros(())}), {"x": torch.ones(())})
scales = show("condition", seen), show("do of condition", done), show("under scale(3)", other)
if scales != (5.0, 25.0, 9.0):
    sys.exit("no longer so: the scale of an intervened site has changed")
PYTHON
