"""The base of all operators of the float network, and what they share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

Shape = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]  # (before, after) for each axis


@dataclass(frozen=True, slots=True)
class Clamp:
    """A fused activation: the output is limited to [low, high] (Relu: [0, inf))."""

    low: float = -math.inf
    high: float = math.inf

    def __bool__(self) -> bool:
        """Whether the clamp limits anything."""
        return self.low > -math.inf or self.high < math.inf


NO_CLAMP = Clamp()


@dataclass(frozen=True)
class Operator:
    """Base of all operators; `kind` is the name that a person sees.

    `operands` is how many tensors it takes; None means one or more.
    """

    operands: ClassVar[int | None] = 1

    @property
    def kind(self) -> str:
        """Name of the operator in the field's own words."""
        return type(self).__name__

    @property
    def results(self) -> int:
        """How many tensors it makes."""
        return 1
