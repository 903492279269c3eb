#!/usr/bin/env bash
# Software: pgmpy 1.1.2, CausalInference.query(do=..., evidence=...). Upstream knows: pgmpy issue 3543.
# Expected: P(Y | do(X), W) is ordinary conditioning in the graph without the arrows into X (Pearl);
#   pgmpy's own model.do() with VariableElimination computes that. Here Z -> X, Z -> Y, X -> Y, W -> Y,
#   and by hand P(Y=1 | do(X=1), W=1) = (0.4 + 0.7) / 2 = 0.55.
# Observed: the evidence is dropped: every W gives the answer that no W gives. Without parents of X it
#   is used, and the answer is right, which is what most examples show.
# Why it matters: pgmpy is a peer that one takes to check discrete interventions of one's own.
# Output:
#   P(Y=1 | do X=1     )  query 0.5250  truth 0.5250
#   P(Y=1 | do X=1, W=0)  query 0.5250  truth 0.5000
#   P(Y=1 | do X=1, W=1)  query 0.5250  truth 0.5500
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check pgmpy==1.1.2 torch==2.13.0
cd "$folder" && OMP_NUM_THREADS=1 nice -n 19 venv/bin/python -W ignore - <<'PYTHON'
import logging
import sys

logging.disable(logging.CRITICAL)
from pgmpy.factors.discrete import TabularCPD
from pgmpy.inference import CausalInference, VariableElimination
from pgmpy.models import DiscreteBayesianNetwork

model = DiscreteBayesianNetwork([("Z", "X"), ("Z", "Y"), ("X", "Y"), ("W", "Y")])
y = [0.1, 0.9, 0.2, 0.8, 0.3, 0.9, 0.4, 0.7]  # P(Y=1 | W, X, Z), Z fastest
model.add_cpds(
    TabularCPD("Z", 2, [[0.5], [0.5]]),
    TabularCPD("W", 2, [[0.5], [0.5]]),
    TabularCPD("X", 2, [[0.8, 0.3], [0.2, 0.7]], ["Z"], [2]),
    TabularCPD("Y", 2, [[1 - p for p in y], y], ["W", "X", "Z"], [2, 2, 2]),
)


def both(do, evidence):
    """P(Y=1 | do, evidence) by the query, and by the graph without the arrows into do."""
    query = CausalInference(model).query(["Y"], do=do, evidence=evidence, show_progress=False)
    cut = VariableElimination(model.do(list(do)))
    truth = cut.query(["Y"], evidence=do | evidence, show_progress=False)
    return round(float(query.values[1]), 4), round(float(truth.values[1]), 4)


answers = [both({"X": 1}, {}), both({"X": 1}, {"W": 0}), both({"X": 1}, {"W": 1})]
for question, (got, truth) in zip(("do X=1", "do X=1, W=0", "do X=1, W=1"), answers):
    print(f"P(Y=1 | {question:11})  query {got:.4f}  truth {truth:.4f}")
if answers != [(0.525, 0.525), (0.525, 0.5), (0.525, 0.55)]:
    sys.exit("no longer so: query no longer drops evidence")
PYTHON
