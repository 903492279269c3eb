"""What a caller's process may have set, set aside while the library works, on this thread alone.

torch and numpy read settings that anybody may change: the type and the device of a tensor that is
made without, whether gradients are kept, autocast, what an overflow does. An answer depends on none
of them, and none is touched: each is laid over for one thread, by contexts that are the thread's
own. The default type is the whole process's; it is not changed either, but told to each call that
makes a tensor. Only how many threads torch has may show, in the last bits of a float.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from threading import local
from typing import Any, ParamSpec, TypeVar

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

P = ParamSpec("P")
T = TypeVar("T")

_DRAWN = {  # floats, whatever they are made from
    torch.empty,
    torch.eye,
    torch.linspace,
    torch.logspace,
    torch.ones,
    torch.rand,
    torch.randn,
    torch.zeros,
}
_TAKEN = {  # of the type of what they are made from, which Python's floats do not have
    torch.arange,
    torch.as_tensor,
    torch.asarray,
    torch.full,
    torch.scalar_tensor,
    torch.tensor,
}
_PLACED = {torch.randint, torch.randperm, torch.tril_indices, torch.triu_indices}
_inside = local()


class _Made(TorchFunctionMode):
    """Tensors are made of float32 and on one device, where nobody says otherwise."""

    def __init__(self, device: str) -> None:
        super().__init__()
        self.device = device

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        told = dict(kwargs or {})
        if func in _DRAWN or func in _TAKEN or func in _PLACED:
            if told.get("device") is None:
                stays = func in _TAKEN and args and isinstance(args[0], torch.Tensor)
                told["device"] = args[0].device if stays else self.device
            floats = func in _DRAWN or (func in _TAKEN and _python_floats(args))
            if floats and told.get("dtype") is None and told.get("out") is None:
                told["dtype"] = torch.float32
        return func(*args, **told)


def _python_floats(values: object) -> bool:
    """Whether numbers, in however deep a list, are Python's own, and not all whole."""
    kinds = set(_kinds(values))
    return float in kinds and kinds <= {float, int, bool}


def _kinds(values: object) -> Iterator[type]:
    if isinstance(values, (list, tuple)):
        for value in values:
            yield from _kinds(value)
    else:
        yield type(values)


def made_on(device: str) -> AbstractContextManager[Any]:
    """Tensors that this thread makes are of float32 and there, where nobody says otherwise."""
    return _Made(device)


@contextmanager
def quiet() -> Iterator[None]:
    """A freshly started process's settings, for what this thread does."""
    if getattr(_inside, "now", False):
        yield
        return
    with ExitStack() as stack:
        stack.enter_context(np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"))
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        if _flushes():
            torch.set_flush_denormal(False)
            stack.callback(torch.set_flush_denormal, True)
        if torch.is_autocast_enabled("cpu"):
            stack.enter_context(torch.autocast("cpu", enabled=False))
        if torch.get_default_dtype() != torch.float32 or torch.get_default_device().type != "cpu":
            stack.enter_context(made_on("cpu"))
        _inside.now = True
        stack.callback(setattr, _inside, "now", False)
        yield


def _flushes() -> bool:
    """Whether this thread's processor takes the smallest floats for 0."""
    return sys.float_info.min / 2 == 0


def undisturbed(call: Callable[P, T]) -> Callable[P, T]:
    """The same function, to which the caller's settings make no difference."""

    @functools.wraps(call)
    def within(*args: P.args, **kwargs: P.kwargs) -> T:
        with quiet():
            return call(*args, **kwargs)

    return within
