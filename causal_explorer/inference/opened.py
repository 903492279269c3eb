"""An opened checkpoint: what it may be asked follows from what its model is.

The rungs are Pearl's (2009, section 1.4); whatever a model does not reach is refused with the
reason, instead of answered with something that looks alike.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cached_property, wraps
from types import FunctionType
from typing import Any, ClassVar, NoReturn

import numpy as np

from causal_explorer.checkpoint import Checkpoint
from causal_explorer.inference.agreement import l1
from causal_explorer.models.base import REQUESTS
from causal_explorer.scm.variables import AnyVariable
from causal_explorer.undisturbed import undisturbed
from causal_explorer.wording import brief, listed


class RefusedError(ValueError):
    """A request beyond what a model is."""


@dataclass(frozen=True)
class Opened(ABC):
    """A checkpoint, asked. Each kind of model answers what it can; the rest is refused here.

    Attributes:
        checkpoint: the trained model, its data set and what is known of it.
        draws: whether the answer about one unit is averaged over draws; else no seed changes it.
    """

    checkpoint: Checkpoint[Any]
    draws: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """No public answer of any kind depends on what the caller's process has set."""
        super().__init_subclass__(**kwargs)
        for name, own in list(vars(cls).items()):
            if name.startswith("_"):
                continue
            if isinstance(own, FunctionType):
                setattr(cls, name, undisturbed(_asked(own) if name in REQUESTS else own))
            elif isinstance(own, property) and own.fget:
                setattr(cls, name, property(undisturbed(own.fget), doc=own.__doc__))
            elif isinstance(own, cached_property):
                own.func = undisturbed(own.func)

    def __getstate__(self) -> dict[str, Any]:
        """What a worker process is sent: the fields, and nothing that was computed from them."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @property
    def may(self) -> list[str]:
        """What it may be asked, keys of `REQUESTS`."""
        return [request for request in REQUESTS if not self.why_not(request)]

    @property
    def targets(self) -> tuple[AnyVariable, ...]:
        """The variables that do() may set; none where no do() is answered."""
        done = {"intervention", "counterfactual"} & set(self.may)
        return self.checkpoint.dataset.variables if done else ()

    @property
    def latent_names(self) -> tuple[str, ...]:
        """What each latent stands for; empty where no latent is a variable of a causal model."""
        return ()

    def why_not(self, request: str) -> str:
        """Why a request is refused, in one sentence; empty where it is not.

        Raises:
            ValueError: no key of `REQUESTS`.
        """
        if not isinstance(request, str) or request not in REQUESTS:
            raise ValueError(f"request is {brief(request)}: it takes one of {listed(REQUESTS)}.")
        model = self.checkpoint.model
        why = self._lacks(request) if request in model.tells else model.refusals[request]
        return f"{self.checkpoint.id} does not {REQUESTS[request]}: {why}." if why else ""

    def _lacks(self, request: str) -> str:
        """What this checkpoint or its data set lacks for a request that its model tells."""
        return ""

    def reconstruct(self, *args: Any, **kwargs: Any) -> Any:
        """Encodes an image and decodes it again."""
        self._refuse("reconstruct")

    def traverse(self, *args: Any, **kwargs: Any) -> Any:
        """Moves along a latent, or one factor; never an intervention."""
        self._refuse("traverse")

    def condition(self, *args: Any, **kwargs: Any) -> Any:
        """Rung 1: the part of a population that is seen to be so."""
        self._refuse("condition")

    def intervention(self, *args: Any, **kwargs: Any) -> Any:
        """Rung 2: a population in which targets were set."""
        self._refuse("intervention")

    def counterfactual(self, *args: Any, **kwargs: Any) -> Any:
        """Rung 3: one unit, had targets been set."""
        self._refuse("counterfactual")

    def effect(self, *args: Any, **kwargs: Any) -> Any:
        """What a treatment changes, for each unit and on average."""
        self._refuse("effect")

    def _refuse(self, request: str) -> NoReturn:
        raise RefusedError(self.why_not(request))


def _asked(call: Callable[..., Any]) -> Callable[..., Any]:
    """The same answer, refused before anything else where `why_not` says why."""

    @wraps(call)
    def answer(self: Opened, *args: Any, **kwargs: Any) -> Any:
        if self.why_not(call.__name__):
            self._refuse(call.__name__)
        return call(self, *args, **kwargs)

    return answer


def standard_error(draws: np.ndarray) -> np.ndarray:
    """(*shape) s / √S of the mean of (S, *shape) independent draws; NaN of a single one."""
    if len(draws) == 1:
        return np.full(draws.shape[1:], np.nan)
    return draws.std(0, ddof=1, dtype=np.float64) / np.sqrt(len(draws))


@dataclass(frozen=True)
class PictureAnswer:
    """A picture under an intervention, and the truth beside it.

    Attributes:
        original: (*shape) floats in [0, 1], the image that was asked about.
        reconstruction: (*shape) the model's picture of the same.
        density: (*shape) the model's answer, averaged over its draws.
        truth: (*shape) the renderer's answer, averaged over the structural causal model's draws.
        factual: true values of the variables before, by name.
        counterfactual: true values after, averaged over the draws.
        read: values after as the model has them, by name; empty where it has none.
        do: the targets and their values.
        standard_error: (*shape) how far chance takes the density: its standard deviation over
            seeds, estimated by s / √S from S draws or units; 0 where nothing is drawn, NaN of a
            single draw.
    """

    original: np.ndarray = field(repr=False)
    reconstruction: np.ndarray = field(repr=False)
    density: np.ndarray = field(repr=False)
    truth: np.ndarray = field(repr=False)
    factual: dict[str, float]
    counterfactual: dict[str, float]
    read: dict[str, float]
    do: dict[str, float]
    standard_error: np.ndarray = field(
        repr=False, kw_only=True, default_factory=lambda: np.array(np.nan)
    )

    @property
    def mean_standard_error(self) -> float:
        """The standard error of the density, averaged over pixels and channels."""
        return float(self.standard_error.mean())

    @property
    def l1(self) -> float:
        """Mean absolute error of the density against the truth, a pixel and channel."""
        return l1(self.density, self.truth)
