#!/usr/bin/env bash
# Version: DoWhy 0.14, CausalModel.identify_effect with the graph U -> X -> Y, V -> X, V -> Y, where
#   neither U nor V is a column of the data.
# Expected: an estimand is a function of the observed law, so an instrument must be observed. DoWhy's
#   maintainers say the same (issue 616): estimands are in observed variables only. X and Y alone do
#   not identify the effect, so nothing should be found.
# Observed: back-door and front-door are rightly refused, but U is returned as an instrument. The
#   estimator then fails with a KeyError of pandas.
# Why it matters: "identified by an instrument" is reported for an effect that no data of this kind can
#   give; who only reads the estimand never meets the error.
# Output:
#   columns     X Y
#   back-door   none
#   front-door  none
#   instruments ['U']
#   estimate    KeyError "None of [Index(['U'], dtype='str')] are in the [columns]"
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check dowhy==0.14
cd "$folder" && OMP_NUM_THREADS=1 nice -n 19 venv/bin/python -W ignore - <<'PYTHON'
import logging
import sys

import networkx as nx
import numpy as np
import pandas as pd

logging.disable(logging.CRITICAL)
from dowhy import CausalModel

rng = np.random.default_rng(0)
u, v = rng.normal(size=(2, 500))
x = u + v + rng.normal(size=500)
data = pd.DataFrame({"X": x, "Y": x - v + rng.normal(size=500)})
graph = nx.DiGraph([("U", "X"), ("V", "X"), ("X", "Y"), ("V", "Y")])
model = CausalModel(data, "X", "Y", graph=graph)
estimand = model.identify_effect(proceed_when_unidentifiable=True)
print("columns    ", *data.columns)
print("back-door  ", estimand.backdoor_variables or "none")
print("front-door ", estimand.frontdoor_variables or "none")
print("instruments", estimand.instrumental_variables)
try:
    model.estimate_effect(estimand, method_name="iv.instrumental_variable")
    failed = "no error"
except KeyError as error:
    failed = f"KeyError {error}"
print("estimate   ", failed)
if estimand.instrumental_variables != ["U"] or not failed.startswith("KeyError"):
    sys.exit("no longer so: an unobserved variable is not returned as an instrument")
PYTHON
