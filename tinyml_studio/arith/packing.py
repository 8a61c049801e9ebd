"""Integers of 1 to 8 bits packed without gaps, and wider ones as little-endian bytes.

Value i takes the bits [i * b, (i + 1) * b) of a bit stream whose first bit is the lowest bit of
the first byte: two 4-bit values share a byte, low nibble first (CMSIS-NN's s4 order), and a
3-bit value may straddle two bytes. Two's complement; in the binary type the bit 1 means +1 and
the bit 0 means -1. Unused bits of the last byte are 0.
"""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import IntArray, IntType


def packed_size(count: int, type_: IntType) -> int:
    """Bytes that `count` packed values take."""
    return (count * type_.bits + 7) // 8


def pack(values: IntArray, type_: IntType) -> bytes:
    """Pack values of any shape, in C order.

    Raises
    ------
    ValueError
        If a value does not fit `type_`.
    """
    flat = np.ascontiguousarray(values).reshape(-1)
    _check_fits(flat, type_)
    if type_.bits in (8, 16, 32, 64):
        return flat.astype(type_.carrier.newbyteorder("<")).tobytes()
    fields = (flat > 0 if type_.bits == 1 else flat).astype(np.int64)
    bits = (fields[:, None] >> np.arange(type_.bits)) & 1
    return np.packbits(bits.astype(np.uint8).reshape(-1), bitorder="little").tobytes()


def unpack(data: bytes, type_: IntType, count: int) -> IntArray:
    """The `count` values, shape ``(count,)`` in the carrier type, that `pack` made `data` from.

    Raises
    ------
    ValueError
        If `data` does not have the length that `count` values take.
    """
    if len(data) != packed_size(count, type_):
        raise ValueError(f"{count} values of {type_} do not take {len(data)} bytes")
    if type_.bits in (8, 16, 32, 64):
        return np.frombuffer(data, type_.carrier.newbyteorder("<")).astype(type_.carrier)
    stream = np.unpackbits(
        np.frombuffer(data, np.uint8), count=count * type_.bits, bitorder="little"
    )
    weights = np.int64(1) << np.arange(type_.bits)
    fields = stream.reshape(count, type_.bits).astype(np.int64) @ weights
    if type_.bits == 1:
        signed = 2 * fields - 1
    else:
        signed = fields - ((fields >> (type_.bits - 1)) << type_.bits)
    unpacked: IntArray = signed.astype(type_.carrier)
    return unpacked


def _check_fits(flat: IntArray, type_: IntType) -> None:
    """Refuse values outside the type, and a binary value of 0."""
    if flat.size and (int(flat.min()) < type_.min or int(flat.max()) > type_.max):
        raise ValueError(f"values in [{flat.min()}, {flat.max()}] do not fit {type_}")
    if type_.bits == 1 and not flat.all():
        raise ValueError("a binary value is -1 or +1, not 0")
