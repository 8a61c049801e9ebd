"""What a run of the integer network computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.kernels.activation import channels_last
from tinyml_studio.program.instructions import (
    AveragePool2D,
    AveragePoolFloat32,
    Instruction,
    MaxPool2D,
)
from tinyml_studio.program.program import Program, QuantizedTensor


class Held:
    """The integers of one tensor as a kernel left them; channels last when someone looks.

    Parameters
    ----------
    tensor
        Shape and grid.
    array
        ``(N, *shape)``, or ``(N, C, H, W)`` when `channels_first`, in the carrier type.
    channels_first
        The layout of `array`.
    """

    def __init__(self, tensor: QuantizedTensor, array: IntArray, *, channels_first: bool) -> None:
        self.tensor = tensor
        self.array = array
        self.channels_first = channels_first
        self._counts: dict[int, int] = {}

    def count(self, value: int) -> int:
        """How many of the integers are `value`; counted once."""
        if value not in self._counts:
            alike = self.array == self.array.dtype.type(value)
            self._counts[value] = int(np.count_nonzero(alike))
        return self._counts[value]

    @cached_property
    def values(self) -> IntArray:
        """``(N, *shape)``, read-only."""
        last = channels_last(self.array, self.tensor) if self.channels_first else self.array
        last.setflags(write=False)
        return last


class Values(Mapping[str, IntArray]):
    """Integers ``(N, *shape)`` by tensor name, read-only."""

    def __init__(self, held: Mapping[str, Held]) -> None:
        self.held = MappingProxyType(dict(held))

    def __getitem__(self, name: str) -> IntArray:
        return self.held[name].values

    def __iter__(self) -> Iterator[str]:
        return iter(self.held)

    def __len__(self) -> int:
        return len(self.held)


@dataclass(frozen=True, eq=False)
class Trace:
    """All integers of one run.

    Parameters
    ----------
    program
        What ran.
    values
        ``(N, *shape)`` in the carrier type for every tensor but the constants, read-only.
    executed
        Layers that really ran, in order; the others kept their values from an earlier trace.
    """

    program: Program
    values: Values
    executed: tuple[str, ...]

    @cached_property
    def saturated(self) -> Mapping[str, int]:
        """Per layer, how many values stand at an end of the output type because it ends there.

        An end that a fused activation would set anyway is not counted (zero at the lower end of
        the type), nor are pools, which take over the saturation of their input, nor are tables.
        """
        counts = dict.fromkeys(self.program.by_layer, 0)
        for item in self.program.instructions:
            held = self.values.held[item.output]
            for end in _saturating_ends(item, self.program.tensors[item.output]):
                counts[item.layer] += held.count(end)
        return MappingProxyType(counts)


def _saturating_ends(item: Instruction, output: QuantizedTensor) -> tuple[int, ...]:
    """The ends of the type at which values of this instruction are cut off."""
    if isinstance(item, (MaxPool2D, AveragePool2D, AveragePoolFloat32)) or not hasattr(item, "low"):
        return ()
    type_ = output.type
    low = (type_.min,) if item.low == type_.min != output.zero_point else ()
    high = (type_.max,) if getattr(item, "high", None) == type_.max else ()
    return low + high
