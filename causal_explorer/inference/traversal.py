"""Reconstructions of sprites, and traversals: one factor runs, the others stand still.

A traversal is not an intervention: under do() the descendants of a factor answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from causal_explorer.data.raster import SIZE
from causal_explorer.inference.world import World
from causal_explorer.scm.variables import Variable

_AT_ONCE = 512  # pictures decoded in one batch


@dataclass(frozen=True)
class Traversal:
    """One sprite under every class of a factor.

    Attributes:
        factor: that runs through its K classes.
        classes: (K, V) int64, in its other columns all alike.
        truth: (K, 64, 64) float64 of 0 and 1, the renderer's pictures.
        reconstruction: (K, 64, 64) float64, E p(x = 1 | v, z) over q(z | x, v).
        latents: draws of z that each reconstruction is averaged over, the same for all; 0 where
            no picture reads z.
    """

    factor: str
    classes: np.ndarray = field(repr=False)
    truth: np.ndarray = field(repr=False)
    reconstruction: np.ndarray = field(repr=False)
    latents: int = 0

    @property
    def wrong_pixels(self) -> np.ndarray:
        """(K,) int64: pixels of the reconstruction, thresholded at 0.5, that are not the truth."""
        return pixels_apart(self.truth, self.reconstruction)


def traverse(
    world: World,
    variable: Variable,
    others: Mapping[str, int],
    generator: torch.Generator,
    hidden: Mapping[str, int] | None = None,
    samples: int = 1_000,
) -> Traversal:
    """Draws and reconstructs a sprite for each class of a factor.

    Args:
        world: what is asked.
        variable: the factor.
        others: the classes of all other factors.
        generator: of the draws of z, the same for each picture.
        hidden: classes of what no label names; of those left out, the first.
        samples: of a question whose reconstruction is averaged over as many draws of z.
    """
    style = [(hidden or {}).get(h.name, 0) for h in world.dataset.hidden]
    rows = [{**others, variable.name: k} for k in range(variable.classes)]
    classes = np.array([[row[v.name] for v in world.story.variables] for row in rows])
    noise = draw_noise(world, samples, generator)
    truth, reconstruction = reconstruct(world, classes, noise, style)
    used = len(noise) if world.model.reads_latent else 0
    return Traversal(variable.name, classes, truth, reconstruction, used)


def draw_noise(world: World, samples: int, generator: torch.Generator) -> Tensor:
    """(L, latent) of N(0, I): what the reconstruction of a question with one explanation takes."""
    return world.noise(2 * samples, generator)[: world.latents(samples)]


@torch.no_grad()
def reconstruct(
    world: World,
    classes: np.ndarray,
    noise: Tensor,
    hidden: Sequence[int] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The renderer's pictures of (N, V) int64 classes, and the model's of the same.

    Args:
        world: what is asked.
        classes: of the sprites.
        noise: (L, latent) draws of N(0, I) that z is made of, the same for each picture.
        hidden: classes of what no label names, the same for each; left out, the first.

    Returns:
        (N, 64, 64) float64 of 0 and 1, and (N, 64, 64) float64 E p(x = 1 | v, z) over q(z | x, v).
    """
    noise = noise.to(world.device)
    x = torch.from_numpy(world.dataset.render(world.dataset.units(classes, hidden)))
    v = torch.from_numpy(classes)
    size = max(1, _AT_ONCE // len(noise))
    parts = zip(x.split(size), v.split(size), strict=True)
    means = [_mean(world, part, own, noise) for part, own in parts]
    return x.double().numpy(), torch.cat(means).numpy()


def pixels_apart(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(N,) int64: in how many pixels (N, 64, 64) pictures differ, thresholded at 0.5."""
    return ((x > 0.5) != (y > 0.5)).sum((1, 2))


def _mean(world: World, x: Tensor, v: Tensor, noise: Tensor) -> Tensor:
    """(N, 64, 64) float64 E p(x = 1 | v, z), over (L, latent) draws of N(0, I) moved to q."""
    x, v = x.float().to(world.device), v.to(world.device)
    q = world.model.encode(x, v)
    z = q.mean[:, None] + q.stddev[:, None] * noise  # z ~ q(z | x, v)
    pixels = world.model.decode(v.repeat_interleave(len(noise), dim=0), z.flatten(0, 1))
    return pixels.mean.view(len(x), len(noise), SIZE, SIZE).mean(1).double().cpu()
