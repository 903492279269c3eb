"""Endogenous variables: what a structural causal model is about, classes or quantities."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Literal

import numpy as np

from causal_explorer.wording import brief, listed

Kind = Literal["nominal", "ordinal", "circular"]


@dataclass(frozen=True)
class Named(ABC):
    """A name for queries, and words for people.

    Attributes:
        name: how queries call it.
        called: how people call it; left out, the name without its underscores.
        about: one line that says what it is.
        supposed: of each class, what "had it …?" says; left out, "its name been so".
    """

    name: str
    called: str = field(default="", kw_only=True)
    about: str = field(default="", kw_only=True, repr=False)
    supposed: tuple[str, ...] = field(default=(), kw_only=True, repr=False)

    @property
    def title(self) -> str:
        """How people call it."""
        return self.called or self.name.replace("_", " ")

    @abstractmethod
    def label(self, value: float) -> str:
        """The value as a person reads it."""

    def supposition(self, value: float, subject: str = "it") -> str:
        """What follows "had": "it worn eyeglasses", or "its angle been 20°"."""
        if self.supposed:
            return f"{subject} {self.supposed[round(value)]}"
        return f"its {self.title} been {self.label(value)}"


@dataclass(frozen=True)
class Variable(Named):
    """A categorical variable with classes 0 … len(values) - 1.

    Attributes:
        values: one physical value a class, for example a scale or an angle.
        unit: of the values, empty if they have none.
        kind: "nominal" (no order), "ordinal", or "circular" (the order closes to a ring).
        labels: names of the classes where they have any; a query may use them.
        closed: of a ring whose last class is its first once more, the same value a whole turn on,
            as orientation 39 is 0: one step fewer than there are classes leads around it.
    """

    values: tuple[float, ...] = field(repr=False)
    unit: str = ""
    kind: Kind = "ordinal"
    labels: tuple[str, ...] = ()
    closed: bool = False

    def __post_init__(self) -> None:
        if self.closed and (self.kind != "circular" or self.classes < 3):
            raise ValueError(
                f"{self.name} is closed, {self.kind} and of {self.classes} classes: a ring that "
                "closes is circular and has 3 at least."
            )

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.values)

    @property
    def steps(self) -> int:
        """How many steps lead once around a ring: its different values."""
        return self.classes - self.closed

    @property
    def angles(self) -> np.ndarray:
        """(K,) the classes of a ring as angles of one whole turn, radians."""
        step = self.values[1] - self.values[0]
        turns = 2 * np.pi / (self.steps * step)  # 1 where the values are such angles already
        return np.array(self.values) * (1.0 if np.isclose(turns, 1.0, rtol=1e-9) else turns)

    def parse(self, value: object) -> int:
        """A class number, from a number or a label.

        Raises:
            ValueError: the value is neither a class number in range nor a label.
        """
        if isinstance(value, str) and value in self.labels:
            return self.labels.index(value)
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if whole and 0 <= int(value) < self.classes:  # type: ignore[call-overload]
            return int(value)  # type: ignore[call-overload]
        names = f" or one of {listed(self.labels)}" if self.labels else ""
        raise ValueError(
            f"{self.name}={brief(value)} is not a class of {self.name}: "
            f"it takes a whole number from 0 to {self.classes - 1}{names}."
        )

    def label(self, value: float) -> str:
        """The class as a person reads it: its label, or its number; a mean of classes as it is."""
        if abs(value - round(value)) > 1e-9:
            return f"{value:.2f}"
        return self.labels[round(value)] if self.labels else str(round(value))


@dataclass(frozen=True)
class Quantity(Named):
    """A variable over an interval of physical values.

    Attributes:
        low: its smallest value.
        high: its largest value.
        unit: of the values, empty if they have none.
        step: between two values that a person would tell apart.
    """

    low: float
    high: float
    unit: str = ""
    step: float = 0.01

    def parse(self, value: object) -> float:
        """A value in range.

        Raises:
            ValueError: no finite number, or one out of range.
        """
        number = isinstance(value, Real) and not isinstance(value, bool)
        if number and self.low <= value <= self.high:  # type: ignore[operator]
            return float(value)  # type: ignore[arg-type]
        raise ValueError(
            f"{self.name}={brief(value)} is out of range: "
            f"it takes a number from {self.low:g} to {self.high:g}{self._after}."
        )

    def label(self, value: float) -> str:
        """The value as a person reads it."""
        return f"{value:.4g}{self._after}".replace("-", "−")

    @property
    def _after(self) -> str:
        """The unit as it follows a number."""
        return self.unit if self.unit in ("", "°") else f" {self.unit}"


AnyVariable = Variable | Quantity
