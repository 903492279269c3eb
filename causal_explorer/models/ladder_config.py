"""Settings of the ladder VAE: its sizes, and what the ablation switches."""

from __future__ import annotations

from dataclasses import dataclass

from causal_explorer.models.settings import check_sizes, check_switches
from causal_explorer.wording import brief


@dataclass(frozen=True)
class LadderVAEConfig:
    """Sizes of the networks, and what the ablation switches.

    Attributes:
        sizes: units of each stochastic layer, from the picture up.
        hidden: units of the two dense layers that go with each.
        features: of each patch of 8 × 8 pixels.
        ladder: whether q merges with the prior; else it runs bottom up.
        batch_norm: whether hidden layers are normalised over the batch.
        warm_up: share of the run in which the weight of the KL rises from 0 to 1.
    """

    sizes: tuple[int, ...] = (64, 32, 16, 8, 4)
    hidden: tuple[int, ...] = (192, 192, 128, 64, 32)
    features: int = 16
    ladder: bool = True
    batch_norm: bool = True
    warm_up: float = 0.4

    def __post_init__(self) -> None:
        check_sizes(self)
        if len(self.sizes) != len(self.hidden):
            raise ValueError(
                f"hidden has {len(self.hidden)} numbers: it takes {len(self.sizes)}, "
                "one for each of sizes."
            )
        check_switches(self, "ladder", "batch_norm")
        number = isinstance(self.warm_up, (int, float)) and not isinstance(self.warm_up, bool)
        if not number or not 0 <= self.warm_up <= 1:
            raise ValueError(f"warm_up is {brief(self.warm_up)}: it takes a number from 0 to 1.")
