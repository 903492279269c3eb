"""Codes whose worth is known: a perfect one, a useless one, a duplicated and a turned one."""

import numpy as np

CLASSES = (3, 6, 10, 8, 8)
RNG = np.random.default_rng(0)
V = RNG.integers(CLASSES, size=(6_000, 5))
PERFECT = V / (np.array(CLASSES) - 1)
USELESS = RNG.normal(size=(6_000, 5))
TWICE = np.concatenate([PERFECT, PERFECT], axis=1)
TURNED = PERFECT @ np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))[0]
