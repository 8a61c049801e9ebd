"""Sliding windows over the spatial axes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.kernels.activation import Activation, image_shape
from tinyml_studio.program.instructions import AveragePool2D, MaxPool2D
from tinyml_studio.program.program import QuantizedTensor

Array = NDArray[np.signedinteger[Any]]


@dataclass(frozen=True)
class PoolWindow:
    """The windows of a pool."""

    kernel: tuple[int, int]
    strides: tuple[int, int]
    pads: tuple[tuple[int, int], tuple[int, int]]
    result: tuple[int, int]

    @classmethod
    def of(cls, item: MaxPool2D | AveragePool2D, output: QuantizedTensor) -> PoolWindow:
        """The windows of an instruction."""
        height, width, _ = image_shape(output.shape)
        return cls(item.kernel, item.strides, item.pads, (height, width))

    def reduce(self, image: Array, fill: int, combine: np.ufunc) -> Array:
        """`combine` over every window: ``(N, H, W, C)`` to ``(N, H', W', C)``, `fill` outside.

        Rows first, then columns: a kernel of K x K takes 2 K steps, not K * K.
        """
        padded = np.pad(image, ((0, 0), *self.pads, (0, 0)), constant_values=fill)
        rows: Array = reduce(combine, [padded[:, tap] for tap in self._taps(0)])
        return reduce(combine, [rows[:, :, tap] for tap in self._taps(1)])

    def _taps(self, axis: int) -> Iterator[slice]:
        """For every tap of the kernel along an axis the positions under it."""
        stride = self.strides[axis]
        for first in range(self.kernel[axis]):
            yield slice(first, first + (self.result[axis] - 1) * stride + 1, stride)


def image_of(x: Activation) -> IntArray:
    """The integers ``(N, H, W, C)`` of a spatial tensor."""
    return x.integers.reshape(-1, *image_shape(x.tensor.shape))
