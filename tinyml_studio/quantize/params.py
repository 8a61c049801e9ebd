"""Quantization parameters: what came out of a range, never what was asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import FloatArray, IntArray, IntType


@dataclass(frozen=True, eq=False)
class QuantParams:
    """The grid of one tensor: ``real = scale * (q - zero_point)``, q in [low, high].

    `scale` has shape ``(1,)`` per tensor or ``(C,)`` per channel, float64 values that are exact in
    float32. Per-channel grids are those of weights: zero point 0, channel first axis. `low` and
    `high` are narrower than the type for symmetric weights ([-127, 127] at 8 bits).
    """

    type: IntType
    scale: NDArray[np.float64]
    zero_point: int
    low: int
    high: int

    def quantize(self, values: NDArray[np.floating]) -> IntArray:
        """Nearest grid point (ties away from zero), clipped; the channel is the first axis."""
        scale = self._scale_for(values.ndim)
        real = values.astype(np.float64) / scale
        if self.type.bits == 1:
            signs: IntArray = np.where(real >= 0, 1, -1).astype(self.type.carrier)
            return signs
        nearest = np.trunc(real + np.copysign(0.5, real)) + self.zero_point
        clipped: IntArray = np.clip(nearest, self.low, self.high).astype(self.type.carrier)
        return clipped

    def dequantize(self, values: IntArray) -> FloatArray:
        """Real values of integers, float32; the channel is the first axis."""
        centred = values.astype(np.float64) - self.zero_point
        return (centred * self._scale_for(values.ndim)).astype(np.float32)

    def _scale_for(self, ndim: int) -> NDArray[np.float64]:
        """The scales, shaped to broadcast along the first of `ndim` axes."""
        if self.scale.size == 1:
            return self.scale.reshape(())
        return self.scale.reshape(-1, *(1,) * (ndim - 1))
