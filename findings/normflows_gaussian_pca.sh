#!/usr/bin/env bash
# Version: normflows 1.7.3 on torch 2.13.0, normflows.distributions.GaussianPCA.
# Expected: a normal law with covariance W'W + sigma^2 I (probabilistic PCA, Tipping and Bishop 1999),
#   so its log density is that of torch's MultivariateNormal, its draws have that covariance, and the
#   density integrates to one.
# Observed: neither. The constant is added instead of subtracted and the determinant stands where its
#   logarithm belongs, so the density integrates to 14.6, and the error depends on W and sigma, which are
#   trained. Draws lack the sigma^2 part altogether.
# Why it matters: as base of a flow it makes nats and bits per dimension meaningless, and maximum
#   likelihood is led by a wrong derivative with respect to the covariance.
# Output:
#   log density at the mean    0.2754   -2.4076
#   integral of the density   14.6285    1.0000
#   variance of draws, 1       0.9963    1.2500
#   variance of draws, 2       2.2504    2.5000
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check normflows==1.7.3 torch==2.13.0 numpy==2.4.6
cd "$folder" && OMP_NUM_THREADS=1 nice -n 19 venv/bin/python -W ignore - <<'PYTHON'
import sys

import torch
from normflows.distributions import GaussianPCA
from torch.distributions import MultivariateNormal

torch.manual_seed(0)
law = GaussianPCA(2, latent_dim=2, sigma=0.5).double()
with torch.no_grad():
    law.W.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.5]]))
    covariance = law.W.T @ law.W + 0.25 * torch.eye(2)
    truth = MultivariateNormal(torch.zeros(2).double(), covariance)
    origin = torch.zeros(1, 2).double()
    axis = torch.linspace(-12, 12, 601).double()
    grid, cell = torch.cartesian_prod(axis, axis), float(axis[1] - axis[0]) ** 2
    mass = float(law.log_prob(grid).exp().sum()) * cell
    draws, _ = law(200_000)
    print(f"log density at the mean  {float(law.log_prob(origin)):8.4f}  {float(truth.log_prob(origin)):8.4f}")
    print(f"integral of the density  {mass:8.4f}  {float(truth.log_prob(grid).exp().sum()) * cell:8.4f}")
    for i, variance in enumerate(draws.T.cov().diag()):
        print(f"variance of draws, {i + 1}     {float(variance):8.4f}  {float(covariance[i, i]):8.4f}")
if abs(mass - 1) < 0.1:
    sys.exit("no longer so: the density integrates to one")
PYTHON
