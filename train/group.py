"""The processes that train one model together, one a device; alone, a group of one.

`torchrun --nproc-per-node=N -m train …` starts them and says who they are by environment
variables. Gradients are averaged by DistributedDataParallel: gloo on CPUs, nccl on GPUs.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True)
class Group:
    """Who this process is among those that train together.

    Attributes:
        rank: 0 leads: it alone logs, evaluates and writes.
        size: how many there are.
        device: of this process.
    """

    rank: int
    size: int
    device: torch.device

    @classmethod
    def join(cls, device: torch.device) -> Group:
        """Joins the group that torchrun started, or makes one of its own."""
        size = int(os.environ.get("WORLD_SIZE", "1"))
        if size == 1:
            return cls(0, 1, device)
        if device.type == "cuda":
            device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
            torch.cuda.set_device(device)
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
        return cls(dist.get_rank(), size, device)

    def leave(self) -> None:
        """Ends the group."""
        if self.size > 1 and dist.is_initialized():
            dist.destroy_process_group()

    @property
    def leads(self) -> bool:
        """Whether this process logs, evaluates and writes."""
        return self.rank == 0

    def share(self, lot: Tensor) -> Tensor:
        """This process's part of a global batch; the parts do not overlap.

        Raises:
            ValueError: the batch cannot be dealt out evenly.
        """
        if len(lot) % self.size:
            raise ValueError(
                f"train.batch is {len(lot)}: {self.size} processes take a multiple of {self.size}."
            )
        return lot[self.rank :: self.size]

    def together(self, module: nn.Module) -> nn.Module:
        """The module, with gradients averaged over the group."""
        if self.size == 1:
            return module
        return DistributedDataParallel(module)

    def mean(self, value: Tensor) -> Tensor:
        """The mean of a scalar over the group."""
        if self.size > 1:
            dist.all_reduce(value)
            value = value / self.size
        return value
