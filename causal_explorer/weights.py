"""The weights of a network, read only if they are its own: compared before anything is made.

What a config asks for may be larger than any memory. So the network is first made of shapes alone,
on torch's meta device, and those are compared with the header of the file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import nn
from torch.overrides import TorchFunctionMode

from causal_explorer.strict_json import parse_object
from causal_explorer.undisturbed import made_on
from causal_explorer.wording import brief, first_line, listed, shortened

M = TypeVar("M", bound=nn.Module)
_TYPES = {  # of torch, by safetensors' names
    "BOOL": torch.bool,
    "U8": torch.uint8,
    "I8": torch.int8,
    "I16": torch.int16,
    "I32": torch.int32,
    "I64": torch.int64,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F32": torch.float32,
    "F64": torch.float64,
}
_DRAWING = {torch.Tensor.normal_, torch.Tensor.uniform_}
_DRAWN = {
    torch.rand: torch.zeros,
    torch.randn: torch.zeros,
    torch.rand_like: torch.zeros_like,
    torch.randn_like: torch.zeros_like,
}


class _Undrawn(TorchFunctionMode):
    """No number is drawn for weights that are about to be read: the caller's stream stands."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        if func in _DRAWING:
            return args[0]
        if getattr(func, "__module__", "") == "torch.nn.init":
            return (args or tuple((kwargs or {}).values()))[0]
        return _DRAWN.get(func, func)(*args, **(kwargs or {}))


def with_weights(make: Callable[[], M], data: bytes, path: object) -> M:
    """The network that `make` makes, with the weights of a file; no number is drawn.

    Args:
        make: a fresh network; it may make buffers, but reads no file.
        data: the file's bytes, as of safetensors.
        path: of the file, for the sentence.

    Raises:
        ValueError: no safetensors file; a tensor that the network does not have, or lacks, or
            has in another shape or type; a number that is not finite; or whatever `make` raises.
    """
    header = _header(data, path)
    with made_on("meta"):
        _require_alike(make().state_dict(), header, path)
    try:
        weights = load(data)
    except (SafetensorError, KeyError) as error:
        raise ValueError(f"{path} is not a safetensors file: {first_line(error)}.") from error
    require_finite(weights, str(path))
    with made_on("cpu"), _Undrawn():
        model = make()
    model.load_state_dict(weights)
    return model


def require_finite(weights: dict[str, torch.Tensor], where: str) -> None:
    """Refuses weights that no answer can be made of.

    Raises:
        ValueError: one is not finite.
    """
    for key, tensor in weights.items():
        if not bool(torch.isfinite(tensor).all()):
            raise ValueError(f"{where} holds a number that is not finite in {key}.")


def _header(data: bytes, path: object) -> dict[str, Any]:
    """Name, type and shape of each tensor: JSON, after its length in eight bytes."""
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > len(data) - 8:
        raise ValueError(f"{path} is not a safetensors file: its header is cut.")
    try:
        found = parse_object(data[8 : 8 + length], "its header")
    except ValueError as error:
        raise ValueError(f"{path} is not a safetensors file: {first_line(error)}.") from error
    found.pop("__metadata__", None)
    return found


def _require_alike(wanted: dict[str, torch.Tensor], header: dict[str, Any], path: object) -> None:
    odd = sorted(set(header) ^ set(wanted))
    if odd:
        raise ValueError(f"{path} and the model of its config differ in the tensors {listed(odd)}.")
    for key, tensor in wanted.items():
        told = header[key] if isinstance(header[key], dict) else {}
        kind, shape = _TYPES.get(str(told.get("dtype"))), told.get("shape")
        if kind != tensor.dtype or shape != list(tensor.shape):
            raise ValueError(
                f"{shortened(key)} in {path} is {kind or brief(told.get('dtype'))} of shape "
                f"{brief(tuple(shape) if isinstance(shape, list) else shape)}: the model of its "
                f"config takes {tensor.dtype} of shape {tuple(tensor.shape)}."
            )
