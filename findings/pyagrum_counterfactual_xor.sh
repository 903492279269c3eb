#!/usr/bin/env bash
# Version: pyAgrum 3.3.1, counterfactual(cm, on, whatif, profile, values), where Y = U1 xor U2 with
#   two fair coins, and X is a parent of Y that its table does not use. Seen: X=0, Y=1.
# Expected: abduction (Pearl, Causality, theorem 7.1.7) keeps P(U1, U2 | X=0, Y=1), all of it on
#   (0, 1) and (1, 0), so had X been anything, Y = 1 with certainty. For X=0 the axiom of
#   composition says so without any arithmetic: imagining what is already the case changes nothing.
# Observed: P(Y=1) = 0.5 in both cases. The priors of U1 and U2 are replaced by their marginal
#   posteriors, one by one; what the evidence says of both together is lost.
# Why it matters: noises that are independent before the evidence and dependent after it are the
#   rule as soon as a variable has two of them, and a wrong abduction is not visible in the answer.
# Output:
#   seen X=0, Y=1; had X been 0: P(Y=1) = 0.5000, truth 1.0
#   seen X=0, Y=1; had X been 1: P(Y=1) = 0.5000, truth 1.0
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pyagrum==3.3.1
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import pyagrum as gum

net = gum.fastBN("U1[2]->Y[2];U2[2]->Y;X[2]->Y")
for root in ("U1", "U2", "X"):
    net.cpt(root)[:] = [0.5, 0.5]
for x in (0, 1):
    for u1 in (0, 1):
        for u2 in (0, 1):
            net.cpt("Y")[{"X": x, "U1": u1, "U2": u2}] = [1 - (u1 ^ u2), u1 ^ u2]
model = gum.CausalModel(net)
said = []
for x in (0, 1):
    law = gum.counterfactual(model, on="Y", whatif="X", profile={"X": 0, "Y": 1}, values={"X": x})
    said.append(law[{"Y": 1}])
    print(f"seen X=0, Y=1; had X been {x}: P(Y=1) = {said[x]:.4f}, truth 1.0")
assert all(abs(p - 0.5) < 1e-9 for p in said), "no longer so"
PY
