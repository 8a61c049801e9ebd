"""ONNX element types, as NumPy carries them (numbers of TensorProto.DataType in onnx.proto)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FLOAT, STRING, BOOL, FLOAT16, DOUBLE, BFLOAT16 = 1, 8, 9, 10, 11, 16
UINT8, INT8, UINT16, INT16, INT32, INT64 = 2, 3, 4, 5, 6, 7
FLOATS = frozenset({FLOAT, FLOAT16, DOUBLE, BFLOAT16})


@dataclass(frozen=True)
class ElementType:
    """How an element type lies in a file.

    Parameters
    ----------
    name
        The ONNX name.
    stored
        NumPy type of one element in raw data (two elements for 4-bit types), little endian.
    field
        Protobuf field that holds the values when there is no raw data.
    per_byte
        Elements in one byte, for types below 8 bits; else 0.
    """

    name: str
    stored: np.dtype[np.generic]
    field: str
    per_byte: int = 0


def _type(name: str, stored: str, field: str, per_byte: int = 0) -> ElementType:
    return ElementType(name, np.dtype(stored), field, per_byte)


ELEMENT_TYPES = {
    FLOAT: _type("float", "<f4", "float_data"),
    UINT8: _type("uint8", "u1", "int32_data"),
    INT8: _type("int8", "i1", "int32_data"),
    UINT16: _type("uint16", "<u2", "int32_data"),
    INT16: _type("int16", "<i2", "int32_data"),
    INT32: _type("int32", "<i4", "int32_data"),
    INT64: _type("int64", "<i8", "int64_data"),
    BOOL: _type("bool", "u1", "int32_data"),
    FLOAT16: _type("float16", "<f2", "int32_data"),
    DOUBLE: _type("double", "<f8", "double_data"),
    12: _type("uint32", "<u4", "uint64_data"),
    13: _type("uint64", "<u8", "uint64_data"),
    BFLOAT16: _type("bfloat16", "<u2", "int32_data"),
    21: _type("uint4", "u1", "int32_data", 2),
    22: _type("int4", "i1", "int32_data", 2),
}

PACKED = frozenset(number for number, kind in ELEMENT_TYPES.items() if kind.per_byte)
"""Integers below 8 bits: two in a byte."""

FOREIGN_TYPES = {
    STRING: "string",
    14: "complex64",
    15: "complex128",
    17: "float8e4m3fn",
    18: "float8e4m3fnuz",
    19: "float8e5m2",
    20: "float8e5m2fnuz",
    23: "float4e2m1",
    24: "float8e8m0",
    25: "uint2",
    26: "int2",
    27: "float6e2m3",
    28: "float6e3m2",
}


def type_name(number: int) -> str:
    """The ONNX name of an element type, for messages."""
    if number in ELEMENT_TYPES:
        return ELEMENT_TYPES[number].name
    return FOREIGN_TYPES.get(number, f"type number {number}")
