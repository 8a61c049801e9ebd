"""Exact accumulators of convolutions and fully connected layers, by floating-point engines.

A sum of integers is exact in float32, in whatever order and with or without fused operations,
while the sum of the magnitudes is below 2**24, and in float64 while it is below 2**53: then every
partial sum is an integer that the format holds. What does not fit float32 at once is split into
parts that do, or computed in float64, or at last in int64.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import FloatArray, Int8Array, Int64Array
from tinyml_studio.formats.convolution import write_convolution
from tinyml_studio.program.instructions import Conv2D, DepthwiseConv2D, Pads2D
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.runtime.session import Session

EXACT_FLOAT32 = 1 << 24
EXACT_FLOAT64 = 1 << 53
_HALF_BITS = 8  # a 16-bit value is 256 * high + low, both within 8 bits

Accumulators = NDArray[Any]  # float32, float64 or int64, but always integers


def reach(x: QuantizedTensor) -> int:
    """Largest ``|q - zero_point|``."""
    return max(x.type.max - x.zero_point, x.zero_point - x.type.min)


def bounds(rows: Int8Array, bias: Int64Array, largest: int) -> Int64Array:
    """Worst-case magnitude of every channel's accumulator ``(O,)``, all partial sums included.

    Parameters
    ----------
    rows, bias
        Weights ``(O, K)`` and biases ``(O,)``.
    largest
        Bound of the magnitude of the centred inputs.
    """
    magnitude: Int64Array = np.abs(rows.astype(np.int64)).sum(axis=1)
    return magnitude * largest + np.abs(bias)


@dataclass(frozen=True, eq=False)
class Filters:
    """A convolution's integers and geometry, depthwise or not.

    `weights` is ``(O, KH, KW, I / groups)``, `bias` ``(O,)``.
    """

    weights: Int8Array
    bias: Int64Array
    strides: tuple[int, int]
    pads: Pads2D
    dilations: tuple[int, int]
    groups: int

    @classmethod
    def of_conv(cls, item: Conv2D) -> Filters:
        """Those of a convolution."""
        return cls(item.weights, item.bias, item.strides, item.pads, item.dilations, item.groups)

    @classmethod
    def of_depthwise(cls, item: DepthwiseConv2D, channels: int) -> Filters:
        """Those of a depthwise convolution: as many groups as input channels."""
        weights = np.ascontiguousarray(item.weights.transpose(2, 0, 1))[..., None]
        return cls(weights, item.bias, item.strides, item.pads, item.dilations, channels)

    @property
    def rows(self) -> Int8Array:
        """Weights ``(O, K)``."""
        return self.weights.reshape(len(self.weights), -1)

    def session(self, *, with_bias: bool) -> Session:
        """ONNX Runtime's float32 convolution with these weights."""
        bias = self.bias.astype(np.float32) if with_bias else np.zeros(len(self.bias), np.float32)
        return Session(
            write_convolution(
                self.weights.astype(np.float32),
                bias,
                strides=self.strides,
                pads=self.pads,
                dilations=self.dilations,
                groups=self.groups,
            )
        )


class Convolution:
    """Exact accumulators of one convolution.

    Parameters
    ----------
    filters
        Weights, bias, geometry.
    largest
        Bound of the magnitude of the centred inputs.
    """

    def __init__(self, filters: Filters, largest: int) -> None:
        self.filters = filters
        self.bounds = bounds(filters.rows, filters.bias, largest)
        half = bounds(filters.rows, np.zeros_like(filters.bias), 1 << (_HALF_BITS - 1))
        self._in_one = int(self.bounds.max()) < EXACT_FLOAT32
        # the high half of a centred value is one larger than that of an int16 at most
        self._in_halves = largest <= 1 << 15 and int(half.max()) < EXACT_FLOAT32
        self._session = (
            filters.session(with_bias=self._in_one) if self._in_one or self._in_halves else None
        )

    def __call__(self, planes: FloatArray) -> Accumulators:
        """Accumulators ``(N, O, H', W')`` of centred planes ``(N, I, H, W)``, in a fresh array."""
        if self._session is None:
            return convolve_int64(self.filters, planes)
        if self._in_one:
            return self._session.run([planes])[0]
        high = np.floor((planes + 128) * np.float32(1 / 256))
        low = planes - high * 256
        total = self._session.run([high])[0].astype(np.float64)
        total *= 256
        total += self._session.run([low])[0]
        total += self.filters.bias.astype(np.float64)[:, None, None]
        return total


def convolve_int64(filters: Filters, planes: FloatArray) -> Int64Array:
    """The same in int64, tap by tap: for sums that no float engine holds."""
    x = np.pad(planes.astype(np.int64), ((0, 0), (0, 0), *filters.pads))
    count, channels = x.shape[:2]
    outputs, *kernel, depth = filters.weights.shape
    extent = [
        (size - (k - 1) * dilation - 1) // stride + 1
        for size, k, dilation, stride in zip(
            x.shape[2:], kernel, filters.dilations, filters.strides, strict=True
        )
    ]
    grouped = x.reshape(count, filters.groups, channels // filters.groups, *x.shape[2:])
    weights = filters.weights.astype(np.int64).reshape(filters.groups, -1, *kernel, depth)
    total = np.zeros((count, filters.groups, outputs // filters.groups, *extent), np.int64)
    for ky in range(kernel[0]):
        for kx in range(kernel[1]):
            y0, x0 = ky * filters.dilations[0], kx * filters.dilations[1]
            rows = slice(y0, y0 + (extent[0] - 1) * filters.strides[0] + 1, filters.strides[0])
            columns = slice(x0, x0 + (extent[1] - 1) * filters.strides[1] + 1, filters.strides[1])
            tap = grouped[..., rows, columns]
            total += np.einsum("ngihw,goi->ngohw", tap, weights[:, :, ky, kx])
    return total.reshape(count, outputs, *extent) + filters.bias[:, None, None]


class MatrixProduct:
    """Exact accumulators of one fully connected layer.

    Parameters
    ----------
    weights, bias
        ``(O, I)`` and ``(O,)``.
    largest
        Bound of the magnitude of the centred inputs.
    """

    def __init__(self, weights: Int8Array, bias: Int64Array, largest: int) -> None:
        self.bounds = bounds(weights, bias, largest)
        worst = int(self.bounds.max())
        exact_64 = np.float64 if worst < EXACT_FLOAT64 else np.int64
        self._dtype = np.dtype(np.float32 if worst < EXACT_FLOAT32 else exact_64)
        self._matrix = np.ascontiguousarray(weights.T).astype(self._dtype)
        self._bias = bias.astype(self._dtype)

    def __call__(self, centred: NDArray[Any]) -> Accumulators:
        """Accumulators ``(R, O)`` of centred rows ``(R, I)``."""
        total: Accumulators = centred.astype(self._dtype) @ self._matrix
        total += self._bias
        return total
