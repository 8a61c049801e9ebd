"""The quantization that a model file states, beside the float network that it was read as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import Int64Array, IntType
from tinyml_studio.arith.profile import TFLM


@dataclass(frozen=True, slots=True)
class FoundGrid:
    """The grid of one activation: ``real = scale * (q - zero_point)``.

    Parameters
    ----------
    bits
        4, 8 or 16; the integers are signed.
    scale
        Exact in float32.
    zero_point
        For signed integers.
    stored
        The file's own type, such as ``int8``, ``uint8`` or ``int3``; ``float32`` for an input that
        the network itself quantizes first.
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
    """The grid of a layer's weights, and its integer bias.

    The integers that a layer multiplies by are centred, ``q - zero_point``; they are
    ``weight / scale``, which is exact.

    Parameters
    ----------
    bits
        1 to 8: the width of the file's integers; of one bit they are -1 and 1.
    scale
        ``(1,)`` per tensor or ``(O,)`` per output channel, exact in float32.
    bias
        ``(O,)`` in steps of input scale times weight scale; None where the file has none of those.
    narrow
        The bias is int32 although the input has 16 bits, and so is the accumulator.
    width
        Bits that the centred integers take: `bits`, or more around a zero point, 9 at most;
        0 stands for `bits`.
    zero_point
        ``(1,)`` or ``(O,)``, in the file's own integers; None for 0.
    stored
        The file's own type, such as ``int8`` or ``uint8``; empty for the signed one of `bits`.
    """

    bits: int
    scale: NDArray[np.float64]
    bias: Int64Array | None = None
    narrow: bool = False
    width: int = 0
    zero_point: Int64Array | None = None
    stored: str = ""

    @property
    def type(self) -> IntType:
        """The type that holds the centred integers."""
        return IntType(self.width or self.bits)


@dataclass(frozen=True, eq=False)
class FoundQuantization:
    """What a file states about the quantization of its network.

    Parameters
    ----------
    activations
        Grids by tensor name, constants included.
    weights
        Grids by node name.
    arithmetic
        Name of the profile that the file was made for.
    internal
        Grids of what operators hold inside, by the names of `ir.internal`.
    remarks
        What the file states and the integer network cannot have as it stands, one sentence each.
    channels_first
        The reader has put transpositions around convolutions and pools, which passes move away.
    """

    activations: Mapping[str, FoundGrid]
    weights: Mapping[str, FoundWeights]
    arithmetic: str = TFLM.name
    remarks: tuple[str, ...] = ()
    channels_first: bool = False
    internal: Mapping[str, FoundGrid] = field(default_factory=dict)

    @property
    def unsigned(self) -> frozenset[str]:
        """Tensors whose integers are unsigned in the file."""
        return frozenset(
            name for name, grid in self.activations.items() if grid.stored.startswith("u")
        )

    def copied(self, copies: Mapping[str, str]) -> FoundQuantization:
        """The same with the grids of constants that a pass has made of others, new name to old."""
        grids = {new: self.activations[old] for new, old in copies.items() if self.states(old)}
        return replace(self, activations={**self.activations, **grids}) if grids else self

    def may_join(self, inner: str, outer: str) -> bool:
        """Whether nothing is rounded between two tensors that one layer could make at once."""
        first, second = self.activations.get(inner), self.activations.get(outer)
        if first is None:
            return True
        return second is not None and replace(first, stored=second.stored) == second

    def states(self, tensor: str) -> bool:
        """Whether the file states the grid of a tensor."""
        return tensor in self.activations
