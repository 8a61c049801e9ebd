"""The values of one tensor for a batch, in the form that the next kernel wants."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import FloatArray, Int64Array, IntArray
from tinyml_studio.program.program import QuantizedTensor

PLANE_RANK = 3


class Activation:
    """One tensor of a batch as integers, as float planes, or both; the other form is made lazily.

    Kernels that sum products in float32 hand planes to each other, so that a chain of
    convolutions never converts; every other kernel reads integers.

    Parameters
    ----------
    tensor
        Shape and grid.
    integers
        ``(N, *shape)`` in the carrier type.
    planes
        ``q - zero_point``, float32 ``(N, C, H, W)``; every value is an integer. Only for tensors
        of rank 1 to 3.
    """

    def __init__(
        self,
        tensor: QuantizedTensor,
        *,
        integers: IntArray | None = None,
        planes: FloatArray | None = None,
    ) -> None:
        if integers is None and planes is None:
            raise ValueError(f"the activation {tensor.name} has no values")
        self.tensor = tensor
        self._integers = integers
        self._planes = planes

    @property
    def has_planes(self) -> bool:
        """Whether the rank allows planes."""
        return 1 <= len(self.tensor.shape) <= PLANE_RANK

    @property
    def integers(self) -> IntArray:
        """Values ``(N, *shape)`` in the carrier type."""
        if self._integers is None:
            first = np.empty(self.planes.shape, self.tensor.type.carrier)
            self.write_channels_first(first)
            self._integers = channels_last(first, self.tensor)
        return self._integers

    @property
    def planes(self) -> FloatArray:
        """``q - zero_point`` as float32 ``(N, C, H, W)``."""
        if self._planes is None:
            height, width, channels = image_shape(self.tensor.shape)
            last = self.integers.reshape(-1, height, width, channels)
            planes = np.ascontiguousarray(last.transpose(0, 3, 1, 2)).astype(np.float32)
            self._planes = np.subtract(planes, np.float32(self.tensor.zero_point), out=planes)
        return self._planes

    @property
    def centred(self) -> Int64Array:
        """``q - zero_point`` as int64 ``(N, *shape)``."""
        centred: Int64Array = self.integers.astype(np.int64) - self.tensor.zero_point
        return centred

    @property
    def is_channels_first(self) -> bool:
        """Whether the values exist as planes only."""
        return self._integers is None

    def write_channels_first(self, out: IntArray) -> None:
        """Write the values of the planes to `out`, ``(N, C, H, W)`` in the carrier type."""
        np.add(self.planes, np.float32(self.tensor.zero_point), out=out, casting="unsafe")


def channels_last(channels_first: IntArray, tensor: QuantizedTensor) -> IntArray:
    """``(N, *shape)`` from ``(N, C, H, W)``."""
    last = np.ascontiguousarray(channels_first.transpose(0, 2, 3, 1))
    return last.reshape(-1, *tensor.shape)


def image_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """``(H, W, C)`` of a spatial tensor: unit axes in front of a rank of 1 or 2."""
    height, width, channels = (1,) * (PLANE_RANK - len(shape)) + shape
    return height, width, channels
