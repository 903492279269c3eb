#!/usr/bin/env bash
# Version: pgmpy 1.1.2, CausalInference.query(..., do={two variables}), on the graph A -> B, A ->
#   Y, B -> Y, all binary, every CPD given.
# Expected: both causes of Y are set, so by the truncated factorisation (Pearl, Causality, equation
#   3.10) P(Y | do(A=0, B=1)) is the column of Y's own CPD: P(Y=1 | A=0, B=1) = 0.4. Nothing is
#   left to average.
# Observed: 0.75 for A=0 and for A=1 alike. The parents of all intervened variables are taken as
#   the adjustment set; A is a parent of B, so it is averaged over its observational law although
#   it was set. With adjustment_set=set() the answer is right. Reported to pgmpy as issue 3543,
#   open when this was written.
# Why it matters: a counterfactual image is asked for with several do() at once (shape and scale),
#   and the answer looks like a proper distribution.
# Output:
#   P(Y=1 | do(A=0, B=1)): 0.7500, empty adjustment set 0.4000, truth 0.4
#   P(Y=1 | do(A=1, B=1)): 0.7500, empty adjustment set 0.9000, truth 0.9
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile pgmpy==1.1.2 torch==2.13.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
from pgmpy.factors.discrete import TabularCPD
from pgmpy.inference import CausalInference
from pgmpy.models import DiscreteBayesianNetwork

model = DiscreteBayesianNetwork([("A", "B"), ("A", "Y"), ("B", "Y")])
truth = {(0, 0): 0.1, (0, 1): 0.4, (1, 0): 0.5, (1, 1): 0.9}
model.add_cpds(
    TabularCPD("A", 2, [[0.3], [0.7]]),
    TabularCPD("B", 2, [[0.8, 0.4], [0.2, 0.6]], ["A"], [2]),
    TabularCPD("Y", 2, [[1 - p for p in truth.values()], list(truth.values())], ["A", "B"], [2, 2]),
)
infer = CausalInference(model)
said = {}
for a in (0, 1):
    do = {"A": a, "B": 1}
    said[a] = infer.query(["Y"], do=do, show_progress=False).values[1]
    empty = infer.query(["Y"], do=do, adjustment_set=set(), show_progress=False).values[1]
    print(f"P(Y=1 | do(A={a}, B=1)): {said[a]:.4f}, empty adjustment set {empty:.4f}, truth {truth[a, 1]}")
assert abs(said[0] - 0.75) < 1e-9 and said[0] == said[1], "no longer so"
PY
