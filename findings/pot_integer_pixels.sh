#!/usr/bin/env bash
# Version: POT 0.9.7.post1, ot.wasserstein_1d of integers.
# Expected: two samples of three numbers, {0, 0, 1} and {0, 1, 1}: a third of the mass moves by
#   one, so W1 = 1/3. The same values as floats give 1/3, and ot.emd2_1d and
#   scipy.stats.wasserstein_distance give 1/3 for the integers too. The documentation asks for
#   "array-like", with uniform weights when none are given.
# Observed: 0 for every integer type, whatever the values: the uniform weights 1/n take the dtype
#   of the positions and become 0.
# Why it matters: pixels and classes of factors are integers, and distance 0 reads as a perfect
#   match.
# Output:
#   ot.wasserstein_1d {'int64': 0.0, 'uint8': 0.0, 'float64': 0.3333333333333333}
#   ot.emd2_1d        0.3333333333333333
#   scipy             0.3333333333333333
#   ot.wasserstein_1d, 200 further away: 0.0
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pot==0.9.7.post1 numpy==2.2.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import ot
from scipy.stats import wasserstein_distance

one, other = np.array([1, 0, 0]), np.array([0, 1, 1])
said = {kind: float(ot.wasserstein_1d(one.astype(kind), other.astype(kind))) for kind in ("int64", "uint8", "float64")}
print("ot.wasserstein_1d", said)
print("ot.emd2_1d       ", float(ot.emd2_1d(one, other)))
print("scipy            ", float(wasserstein_distance(one, other)))
far = float(ot.wasserstein_1d(one, other + 200))
print("ot.wasserstein_1d, 200 further away:", far)
assert said["int64"] == said["uint8"] == far == 0 and said["float64"] > 0.33, "no longer so"
PY
