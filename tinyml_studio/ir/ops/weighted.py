"""Operators with weights of their own."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.ir.ops.operator import NO_CLAMP, Clamp, Operator, Pads


@dataclass(frozen=True, eq=False)
class Conv(Operator):
    """Convolution over one or two spatial axes: ``(*spatial, I) -> (*spatial', O)``.

    `weight` has shape ``(O, *kernel, I / groups)``, `bias` ``(O,)`` (zeros when the model has
    none). `strides`, `dilations` and `pads` have one entry per spatial axis.
    """

    weight: FloatArray
    bias: FloatArray
    strides: tuple[int, ...]
    pads: Pads
    dilations: tuple[int, ...]
    groups: int = 1
    clamp: Clamp = NO_CLAMP

    @property
    def kernel(self) -> tuple[int, ...]:
        """Kernel size per spatial axis."""
        return tuple(self.weight.shape[1:-1])

    @property
    def is_depthwise(self) -> bool:
        """Every input channel has filters of its own."""
        return self.weight.shape[-1] == 1 and self.groups > 1


@dataclass(frozen=True, eq=False)
class ConvTranspose(Operator):
    """Transposed convolution over one or two spatial axes: ``(*spatial, I) -> (*spatial', O)``.

    An input at position p adds its value times the filters to the outputs
    ``p * stride + k * dilation - before`` for every tap k. `weight` has shape
    ``(O, *kernel, I / groups)``, `bias` ``(O,)``. `pads` say how much is cut in front and behind of
    ``(size - 1) * stride + dilation * (kernel - 1) + 1`` outputs on each spatial axis; a negative
    number behind adds outputs that only the bias reaches (ONNX: ``output_padding``).
    """

    weight: FloatArray
    bias: FloatArray
    strides: tuple[int, ...]
    pads: Pads
    dilations: tuple[int, ...]
    groups: int = 1
    clamp: Clamp = NO_CLAMP

    @property
    def kernel(self) -> tuple[int, ...]:
        """Kernel size per spatial axis."""
        return tuple(self.weight.shape[1:-1])


@dataclass(frozen=True, eq=False)
class Dense(Operator):
    """Fully connected over the last axis: ``(..., I) -> (..., O)``; `weight` is ``(O, I)``."""

    weight: FloatArray
    bias: FloatArray
    clamp: Clamp = NO_CLAMP


@dataclass(frozen=True, eq=False)
class ChannelAffine(Operator):
    """``y = x * scale + bias`` per channel of the last axis: a batch norm that could not fold.

    `scale` and `bias` have shape ``(C,)``.
    """

    scale: FloatArray
    bias: FloatArray
    clamp: Clamp = NO_CLAMP
