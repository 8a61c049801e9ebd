"""What every range method offers, for activations and for weights."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

RealArray = NDArray[np.float64]


class SeenHistogram(Protocol):
    """Counts of values between edges: counts ``(B,)``, edges ``(B + 1,)``, ascending."""

    @property
    def counts(self) -> NDArray[Any]:
        """Values per bin."""

    @property
    def edges(self) -> NDArray[Any]:
        """Ends of the bins."""


class Seen(Protocol):
    """What a method reads of a tensor's statistics."""

    @property
    def min(self) -> float:
        """Smallest value seen."""

    @property
    def max(self) -> float:
        """Largest value seen."""

    @property
    def histogram(self) -> SeenHistogram:
        """Distribution of the values."""


class RangeMethodRule(Protocol):
    """One way of choosing ranges."""

    def activation_range(self, seen: Seen, *, bits: int, percentile: float) -> tuple[float, float]:
        """Real limits (low, high) for an activation of `bits` bits.

        `percentile` is the share of values to keep, in percent; most methods ignore it.
        """

    def weight_scales(
        self, rows: RealArray, *, low: int, high: int, percentile: float
    ) -> RealArray:
        """One scale per row of `rows` ``(R, K)``, integers in [low, high]; 0 for zeros only."""
