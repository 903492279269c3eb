"""How much work `python -m benchmarks` puts into each figure."""

from __future__ import annotations

from dataclasses import dataclass, field

from causal_explorer.inference.svi import SVISettings

NATS = 16.8  # the original's training loss of the image after its epochs


@dataclass(frozen=True)
class Effort:
    """Repeats, steps and sizes.

    Attributes:
        steps: of training that are timed, of each recipe.
        nats: losses that training goes on to, falling; the first beside the original.
        run: steps of the training whose memory is measured.
        group: steps of each group of processes.
        queries: that are timed one by one.
        strips: of each factor.
        images: questions from an image alone.
        batch: different queries in one call.
        original: queries that the original's recipe answers too.
        svi: how the original abducts.
        passes: of the original behind an answer.
    """

    steps: int = 200
    nats: tuple[float, ...] = (NATS, 1.0, 0.3)
    run: int = 200
    group: int = 400
    queries: int = 1_000
    strips: int = 20
    images: int = 100
    batch: int = 1_000
    original: int = 12
    svi: SVISettings = field(default_factory=SVISettings)
    passes: int = 1_000


FULL = Effort()
SMALL = Effort(steps=40, queries=100, original=3)
QUICK = Effort(
    steps=2,
    nats=(1_000.0,),
    run=2,
    group=4,
    queries=2,
    strips=1,
    images=2,
    batch=4,
    original=2,
    svi=SVISettings(steps=20),
    passes=4,
)
