"""Element types of tensors (``TensorType`` in ``schema.fbs``) and how constants are decoded."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.schema import WireTensor

FLOAT32, FLOAT16, INT32, UINT8, INT64, BOOL, INT16, INT8 = 0, 1, 2, 3, 4, 6, 7, 9
INT4 = 17
FLOATS = frozenset({FLOAT32, FLOAT16})
QUANTIZED = {INT4: "int4", INT8: "int8", UINT8: "uint8", INT16: "int16"}
"""Integer types that stand for real numbers, with a scale."""

_STORED = {
    FLOAT32: "<f4",
    FLOAT16: "<f2",
    INT32: "<i4",
    UINT8: "u1",
    INT64: "<i8",
    BOOL: "u1",
    INT16: "<i2",
    INT8: "i1",
}
_NAMES = (
    *("FLOAT32", "FLOAT16", "INT32", "UINT8", "INT64", "STRING", "BOOL", "INT16", "COMPLEX64"),
    *("INT8", "FLOAT64", "COMPLEX128", "UINT64", "RESOURCE", "VARIANT", "UINT32", "UINT16"),
    *("INT4", "BFLOAT16", "INT2", "UINT4", "FLOAT8_E4M3FN", "FLOAT8_E5M2"),
)


@dataclass(frozen=True)
class Range:
    """The integers that a quantized type holds."""

    low: int
    high: int


RANGES = {
    INT4: Range(-8, 7),
    INT8: Range(-128, 127),
    UINT8: Range(0, 255),
    INT16: Range(-32768, 32767),
}


def type_name(kind: int) -> str:
    """The schema's name of an element type, for messages."""
    return _NAMES[kind] if 0 <= kind < len(_NAMES) else f"type number {kind}"


def decode(tensor: WireTensor) -> NDArray[Any]:
    """The values of a constant in its own type and shape, read-only.

    Four-bit values come out one to an int8; the first of a byte lies in its low half.

    Raises
    ------
    Malformed
        If the buffer has another length than type and shape ask for.
    Refused
        If the type is not supported.
    """
    if tensor.data is None:
        raise Malformed(f"tensor {tensor.index} has no data")
    count = prod(tensor.shape)
    if tensor.kind == INT4:
        _check_length(tensor, (count + 1) // 2)
        low = (tensor.data << 4).view(np.int8) >> 4
        high = tensor.data.view(np.int8) >> 4
        return np.stack([low, high], axis=1).reshape(-1)[:count].reshape(tensor.shape)
    stored = _STORED.get(tensor.kind)
    if stored is None:
        raise Refused(f"constants of type {type_name(tensor.kind)} are not supported")
    _check_length(tensor, count * np.dtype(stored).itemsize)
    return tensor.data.view(stored).reshape(tensor.shape)


def _check_length(tensor: WireTensor, expected: int) -> None:
    if tensor.data is not None and tensor.data.size != expected:
        raise Malformed(
            f"tensor {tensor.index} {tensor.name!r:.80} of shape {tensor.shape} and type "
            f"{type_name(tensor.kind)} has {tensor.data.size} bytes of data, not {expected}"
        )
