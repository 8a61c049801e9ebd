"""What an integer network states, for writing it beside the float graph that it was made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import Int64Array, IntArray
from tinyml_studio.ir.found import FoundGrid


class Form(Enum):
    """How integers are written in ONNX."""

    PAIRS = "qdq"  # real operators between pairs of QuantizeLinear and DequantizeLinear
    OPERATORS = "qoperator"  # operators on integers where a layer has one: QLinearConv, QGemm, ...


@dataclass(frozen=True, eq=False)
class StatedWeights:
    """Integers of a layer.

    Parameters
    ----------
    integers
        ``(O, ...)`` in the shape of the operator's weights, centred around 0.
    bits
        What they take: 1 to 9.
    scale
        ``(1,)`` or ``(O,)``, exact in float32.
    bias
        ``(O,)`` in steps of input scale times weight scale.
    """

    integers: IntArray
    bits: int
    scale: NDArray[np.float64]
    bias: Int64Array

    @property
    def spread(self) -> int:
        """From the least integer, or 0, to the largest."""
        return int(self.integers.max(initial=0)) - int(self.integers.min(initial=0))


@dataclass(frozen=True, eq=False)
class StatedConstant:
    """Integers of a constant operand, and their grid."""

    integers: IntArray
    grid: FoundGrid


@dataclass(frozen=True, eq=False)
class Stated:
    """All integers of a network.

    Parameters
    ----------
    grids
        Of every activation, by the graph's tensor.
    limits
        The least and the largest integer that a tensor's layer lets through.
    weights
        By layer.
    constants
        By layer, in the order of its constant operands.
    unsigned
        Activations are written as unsigned integers: zero points and values are
        ``2**(bits - 1)`` more then.
    """

    grids: Mapping[str, FoundGrid]
    limits: Mapping[str, tuple[int, int]]
    weights: Mapping[str, StatedWeights]
    constants: Mapping[str, tuple[StatedConstant, ...]]
    unsigned: bool = False
