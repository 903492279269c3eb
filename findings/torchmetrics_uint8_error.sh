#!/usr/bin/env bash
# Version: TorchMetrics 1.9.0, errors of uint8 images.
# Expected: black (0) against white (255), as uint8, the type that images are loaded in: the
#   squared error is 255^2 = 65025 a pixel and the absolute error 255. peak_signal_noise_ratio of
#   the same package gives 0 dB for them, that is 65025, and its SSIM refuses bytes with an error.
# Observed: squared and absolute error 1.0 in one order of the arguments, 1.0 and 255 in the other:
#   the difference wraps around at 256. total_variation of one edge between white and black depends
#   on its direction in the same way.
# Why it matters: the largest possible error of a reconstruction is reported as almost none.
# Output:
#   black, white: MSE 1.0, MAE 1.0, PSNR 0.0 dB, total variation of the edge 2040
#   white, black: MSE 1.0, MAE 255.0, PSNR 0.0 dB, total variation of the edge 8
#   as floats: MSE 65025.0 MAE 255.0
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile torchmetrics==1.9.0 numpy==2.2.6 torch==2.13.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import torch
from torchmetrics.functional import mean_absolute_error, mean_squared_error
from torchmetrics.functional.image import peak_signal_noise_ratio, total_variation

black = torch.zeros(1, 1, 8, 8, dtype=torch.uint8)
white = black + 255
for name, one, other in (("black, white", black, white), ("white, black", white, black)):
    mse, mae = mean_squared_error(one, other).item(), mean_absolute_error(one, other).item()
    psnr = peak_signal_noise_ratio(one, other, data_range=255.0).item()
    edge = total_variation(torch.cat([one, other], dim=3)).item()
    print(f"{name}: MSE {mse}, MAE {mae}, PSNR {psnr} dB, total variation of the edge {edge}")
truth = mean_squared_error(black.float(), white.float()).item()
print("as floats: MSE", truth, "MAE", mean_absolute_error(black.float(), white.float()).item())
assert mean_squared_error(black, white) < 2 and truth == 65025, "no longer so"
PY
