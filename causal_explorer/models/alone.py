"""What belongs to the whole process, used by one thread at a time: Pyro's state and torch's draws.

Pyro keeps its handlers and its parameters in globals, and draws from torch's own generator; two
threads that use them at once crash, or answer with each other's numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import RLock

import pyro
import torch

_ONE = RLock()  # a thread that holds it may enter again


@contextmanager
def alone(seed: int | None = None) -> Iterator[None]:
    """Other threads wait; Pyro's store is empty, and afterwards all is as it was.

    No handler that the caller has around this sees a site of it.

    Programs run unvalidated: who runs one knows whether its numbers are finite.

    Args:
        seed: of torch's own generator on the CPU; None draws on from where it stands.
    """
    with _ONE, ExitStack() as stack:
        if seed is not None:
            stack.enter_context(torch.random.fork_rng(devices=[]))
            torch.default_generator.manual_seed(seed)
        stack.enter_context(pyro.get_param_store().scope())
        stack.enter_context(pyro.poutine.block())
        stack.enter_context(pyro.validation_enabled(False))
        yield
