#!/usr/bin/env bash
# Version: pgmpy 1.1.2, CausalInference.is_valid_adjustment_set(X, Y, adjustment_set), on the graph
#   x1 -> Y, x2 -> Y, x2 <- U -> Y.
# Expected: for the joint effect of the set {x1, x2} the empty set is not valid: x2 <- U -> Y stays
#   open (Perkovic et al., JMLR 18, 2018, the reference of the docstring: all proper non-causal
#   paths from X to Y are blocked). A set has no order.
# Observed: True for ["x1", "x2"], False for ["x2", "x1"]. X and Y are walked in pairs, so with one
#   outcome only the first cause is looked at.
# Why it matters: a joint intervention on several factors is passed as identified when it is not.
# Output:
#   empty set valid for X = ['x1', 'x2']: True, truth False
#   empty set valid for X = ['x2', 'x1']: False, truth False
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile pgmpy==1.1.2 torch==2.13.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
from pgmpy.inference import CausalInference
from pgmpy.models import DiscreteBayesianNetwork

infer = CausalInference(DiscreteBayesianNetwork([("x1", "Y"), ("x2", "Y"), ("U", "x2"), ("U", "Y")]))
said = {}
for causes in (("x1", "x2"), ("x2", "x1")):
    said[causes] = infer.is_valid_adjustment_set(list(causes), ["Y"], [])
    print(f"empty set valid for X = {list(causes)}: {said[causes]}, truth False")
assert said["x1", "x2"] and not said["x2", "x1"], "no longer so"
PY
