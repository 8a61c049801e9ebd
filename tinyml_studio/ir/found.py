"""The quantization that a model file states, beside the float network that it was read as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import Int64Array, IntType


@dataclass(frozen=True, slots=True)
class FoundGrid:
    """The grid of one activation: ``real = scale * (q - zero_point)``.

    Parameters
    ----------
    bits
        8 or 16; the integers are signed.
    scale
        Exact in float32.
    zero_point
        For signed integers.
    stored
        The file's own type, such as ``int8`` or ``uint8``; ``float32`` for an input that the
        network itself quantizes first.
    """

    bits: int
    scale: float
    zero_point: int
    stored: str = "int8"

    @property
    def stored_zero_point(self) -> int:
        """The zero point in the file's own integers, 128 more where they are unsigned."""
        unsigned = self.stored.startswith("u")
        return self.zero_point + ((1 << (self.bits - 1)) if unsigned else 0)

    @property
    def limits(self) -> tuple[float, float]:
        """The real values of the smallest and the largest integer."""
        kind = IntType(self.bits)
        return self.scale * (kind.min - self.zero_point), self.scale * (kind.max - self.zero_point)


@dataclass(frozen=True, eq=False)
class FoundWeights:
    """The grid of a layer's weights, zero point 0, and its integer bias.

    The integers themselves are ``weight / scale``, which is exact.

    Parameters
    ----------
    bits
        4 or 8.
    scale
        ``(1,)`` per tensor or ``(O,)`` per output channel, exact in float32.
    bias
        ``(O,)`` in steps of input scale times weight scale; None where the file has floats.
    narrow
        The bias is int32 although the input has 16 bits, and so is the accumulator.
    """

    bits: int
    scale: NDArray[np.float64]
    bias: Int64Array | None = None
    narrow: bool = False


@dataclass(frozen=True, eq=False)
class FoundQuantization:
    """What a file states about the quantization of its network.

    Parameters
    ----------
    activations
        Grids by tensor name, constants included.
    weights
        Grids by node name.
    """

    activations: Mapping[str, FoundGrid]
    weights: Mapping[str, FoundWeights]
