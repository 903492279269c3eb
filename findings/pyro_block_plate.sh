#!/usr/bin/env bash
# Version: Pyro (pyro-ppl) 1.9.2 on torch 2.13.0, poutine.block inside a plate.
# Expected: block hides sites "from the outside world" (its docstring), so a model that runs under
#   block inside a plate should draw what it draws alone: a plate of 3 gives shape (3,). NumPyro
#   0.22.0 gives (3,) for the same program.
# Observed: (3, 1). The outer plate never touches the site (its size 2 is nowhere), but its
#   dimension stays taken: dims are handed out by one allocator for the process, outside the stack
#   of handlers, so the inner plate gets dim -2.
# Why it matters: nested inference (an abduction inside a loop over images) gets shapes that depend
#   on who called it, and (3, 1) against (3,) broadcasts to (3, 3) without an error.
# Output:
#   alone (3,) under block in a plate of 2 (3, 1)
#   minus a target of shape (3,): (3, 3)
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile pyro-ppl==1.9.2 numpy==2.2.6 torch==2.13.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import pyro
import pyro.distributions as dist
import torch
from pyro import poutine


def inner():
    with pyro.plate("inner", 3):
        return pyro.sample("x", dist.Normal(0.0, 1.0))


def nested():
    with pyro.plate("outer", 2), poutine.block():
        return inner()


alone, hidden = inner().shape, nested().shape
print("alone", tuple(alone), "under block in a plate of 2", tuple(hidden))
print("minus a target of shape (3,):", tuple((nested() - torch.zeros(3)).shape))
assert tuple(alone) == (3,) and tuple(hidden) == (3, 1), "no longer so"
PY
