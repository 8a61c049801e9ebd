"""Integers as ONNX constants, in the narrowest type that ONNX has for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from onnx import TensorProto

from tinyml_studio.arith.inttype import IntArray

_WIDTHS = (4, 8, 16, 32)


@dataclass(frozen=True, slots=True)
class Container:
    """A type of ONNX that holds integers.

    Parameters
    ----------
    bits
        4, 8, 16 or 32.
    unsigned
        Without negative values.
    """

    bits: int
    unsigned: bool = False

    @property
    def element(self) -> int:
        """Its number in ``TensorProto.DataType``."""
        return int(getattr(TensorProto, f"{'U' if self.unsigned else ''}INT{self.bits}"))

    @property
    def offset(self) -> int:
        """What its integers exceed signed ones by."""
        return 1 << (self.bits - 1) if self.unsigned else 0

    @property
    def limits(self) -> tuple[int, int]:
        """The least and the largest integer."""
        low = self.offset - (1 << (self.bits - 1))
        return low, low + (1 << self.bits) - 1

    def proto(self, values: IntArray, name: str) -> TensorProto:
        """A constant; two values of 4 bits go into one byte, the first one low."""
        kind = f"{'u' if self.unsigned else ''}int{max(self.bits, 8)}"
        flat = np.ascontiguousarray(values).reshape(-1).astype(np.int64)
        raw = flat.astype(f"<{np.dtype(kind).str[1:]}").tobytes()
        if self.bits == _WIDTHS[0]:
            nibbles = np.append(flat & 15, np.zeros(flat.size % 2, np.int64))
            raw = (nibbles[0::2] | nibbles[1::2] << 4).astype(np.uint8).tobytes()
        return TensorProto(name=name, data_type=self.element, dims=np.shape(values), raw_data=raw)


def container(bits: int, *, unsigned: bool = False, packed: bool = True) -> Container:
    """The type for integers of `bits`; without `packed` at least 8 bits."""
    if bits == _WIDTHS[0] and packed:
        return Container(bits, unsigned)
    return Container(next(width for width in _WIDTHS[1:] if width >= bits), unsigned)
