#!/usr/bin/env bash
# Version: idx2numpy 1.2.3, writing an IDX file of many-byte numbers that it has just read.
# Expected: IDX stores numbers big-endian (the format's description on the MNIST page), and the
#   reader rightly returns them as such. What one function of a package returns, its counterpart
#   should accept: NumPy's own np.save takes both byte orders.
# Observed: FormatError for int16, int32, float32 and float64; only the one-byte types come around.
#   The writer knows the types by their native code alone.
# Why it matters: images are bytes, but extended labels come as int32 (QMNIST) and real-valued
#   annotations as floats, so cutting a file of them to a subset needs an astype that nothing hints
#   at.
# Output:
#   uint8 read as |u1 and written
#   int8 read as |i1 and written
#   int16 read as >i2 FormatError: numpy ndarray type not supported by IDX format.
#   int32 read as >i4 FormatError: numpy ndarray type not supported by IDX format.
#   float32 read as >f4 FormatError: numpy ndarray type not supported by IDX format.
#   float64 read as >f8 FormatError: numpy ndarray type not supported by IDX format.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet idx2numpy==1.2.3 numpy==2.2.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import idx2numpy
import numpy as np

refused = []
for kind in ("uint8", "int8", "int16", "int32", "float32", "float64"):
    read = idx2numpy.convert_from_string(idx2numpy.convert_to_string(np.arange(6, dtype=kind)))
    try:
        idx2numpy.convert_to_string(read[:3])
        print(kind, "read as", read.dtype.str, "and written")
    except idx2numpy.FormatError as error:
        refused.append(kind)
        print(kind, "read as", read.dtype.str, "FormatError:", error)
assert refused == ["int16", "int32", "float32", "float64"], "no longer so"
PY
