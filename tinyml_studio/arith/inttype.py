"""Integer types of 1 to 64 bits, and the NumPy type that carries each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.signedinteger[Any]]
Int8Array = NDArray[np.int8]
Int32Array = NDArray[np.int32]
Int64Array = NDArray[np.int64]
FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True, order=True)
class IntType:
    """A signed two's-complement integer type; one bit is the binary type {-1, +1}.

    Parameters
    ----------
    bits
        1 to 64. Activations use 4, 8 or 16; weights 1 to 8.
    """

    bits: int

    def __post_init__(self) -> None:
        if not 1 <= self.bits <= 64:
            raise ValueError(f"an integer type has 1 to 64 bits, not {self.bits}")

    @property
    def min(self) -> int:
        """Smallest value."""
        return -1 if self.bits == 1 else -(1 << (self.bits - 1))

    @property
    def max(self) -> int:
        """Largest value."""
        return 1 if self.bits == 1 else (1 << (self.bits - 1)) - 1

    @property
    def carrier(self) -> np.dtype[Any]:
        """NumPy type, and C type, that holds one unpacked value."""
        for dtype in (np.int8, np.int16, np.int32):
            if self.bits <= np.dtype(dtype).itemsize * 8:
                return np.dtype(dtype)
        return np.dtype(np.int64)

    def __str__(self) -> str:
        return f"int{self.bits}"


def width_of(integers: NDArray[Any]) -> int:
    """The bits that whole numbers, of any type that holds them, take with their signs."""
    low, high = int(integers.min(initial=0)), int(integers.max(initial=0))
    return max((-low - 1).bit_length() if low < 0 else 0, high.bit_length()) + 1


INT4 = IntType(4)
INT8 = IntType(8)
INT16 = IntType(16)
