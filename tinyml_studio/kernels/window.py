"""Sliding windows over the spatial axes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.kernels.activation import Activation, image_shape
from tinyml_studio.program.instructions import AveragePool2D, MaxPool2D
from tinyml_studio.program.program import QuantizedTensor


@dataclass(frozen=True)
class PoolWindow:
    """The windows of a pool, tap by tap."""

    kernel: tuple[int, int]
    strides: tuple[int, int]
    pads: tuple[tuple[int, int], tuple[int, int]]
    result: tuple[int, int]

    @classmethod
    def of(cls, item: MaxPool2D | AveragePool2D, output: QuantizedTensor) -> PoolWindow:
        """The windows of an instruction."""
        height, width, _ = image_shape(output.shape)
        return cls(item.kernel, item.strides, item.pads, (height, width))

    def taps(self, image: IntArray, fill: int) -> Iterator[IntArray]:
        """For every tap of the kernel the values ``(N, H', W', C)`` under it, `fill` outside."""
        height, width = self.result
        padded = np.pad(image, ((0, 0), *self.pads, (0, 0)), constant_values=fill)
        for y, x in product(*map(range, self.kernel)):
            rows = slice(y, y + (height - 1) * self.strides[0] + 1, self.strides[0])
            columns = slice(x, x + (width - 1) * self.strides[1] + 1, self.strides[1])
            yield padded[:, rows, columns]


def image_of(x: Activation) -> IntArray:
    """The integers ``(N, H, W, C)`` of a spatial tensor."""
    return x.integers.reshape(-1, *image_shape(x.tensor.shape))
