"""Tensors of a file, decoded here: the length of the data is checked before anything is made."""

from __future__ import annotations

from math import prod

import numpy as np
import onnx

from tinyml_studio.formats.element_types import (
    BFLOAT16,
    BOOL,
    ELEMENT_TYPES,
    FLOATS,
    FOREIGN_TYPES,
    ElementType,
)
from tinyml_studio.formats.external import ExternalData
from tinyml_studio.formats.limits import MAX_CONSTANT_ELEMENTS, MAX_DIM, MAX_RANK
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.wire import Array, Foreign

_DATA_FIELDS = (
    "raw_data",
    "float_data",
    "int32_data",
    "int64_data",
    "double_data",
    "uint64_data",
    "string_data",
)


class TensorDecoder:
    """Decodes the tensors of one file, within one budget.

    All float types become float32, all integers keep their type, 4-bit integers become 8-bit.

    Parameters
    ----------
    external
        Where tensors outside the file are looked up.
    """

    def __init__(self, external: ExternalData) -> None:
        self._external = external
        self._left = MAX_CONSTANT_ELEMENTS

    def decode(self, tensor: onnx.TensorProto) -> Array | Foreign:
        """The values of one tensor, read-only.

        Raises
        ------
        Malformed
            If shape, type and data do not agree, or a float is NaN (or infinite, in more than a
            single number).
        """
        dims = _dims(tensor)
        self._left -= prod(dims)
        if self._left < 0:
            raise Malformed(f"the constants have more than {MAX_CONSTANT_ELEMENTS} elements")
        number = int(tensor.data_type)
        if number in FOREIGN_TYPES:
            return Foreign(FOREIGN_TYPES[number])
        kind = ELEMENT_TYPES.get(number)
        if kind is None:
            raise Malformed(f"its element type {number} does not exist")
        stored = self._stored(tensor, kind, prod(dims))
        values = _as_values(stored, number, kind, prod(dims)).reshape(dims)
        _check_finite(values)
        values.flags.writeable = False
        return values

    def _stored(self, tensor: onnx.TensorProto, kind: ElementType, count: int) -> Array:
        """Values as they lie in the file, flat."""
        units = -(-count // kind.per_byte) if kind.per_byte else count
        size = units * kind.stored.itemsize
        filled = [name for name in _DATA_FIELDS if len(getattr(tensor, name))]
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            if filled:
                raise Malformed("its data lies in the file and outside of it")
            entries = [(entry.key, entry.value) for entry in tensor.external_data]
            return np.frombuffer(self._external.read(_texts(entries), size), kind.stored)
        if len(filled) > 1:
            raise Malformed(f"its data is given twice, as {' and '.join(filled)}")
        if filled == ["raw_data"]:
            raw = tensor.raw_data
            if len(raw) != size:
                raise Malformed(f"its data has {len(raw)} bytes where its shape asks for {size}")
            return np.frombuffer(raw, kind.stored)
        return _typed(tensor, kind, units, filled)


def _dims(tensor: onnx.TensorProto) -> tuple[int, ...]:
    """The shape, as Python integers within bounds."""
    dims = tuple(int(dim) for dim in tensor.dims)
    if len(dims) > MAX_RANK:
        raise Malformed(f"its shape has {len(dims)} axes; at most {MAX_RANK} are read")
    if any(not 0 <= dim <= MAX_DIM for dim in dims):
        raise Malformed(f"its shape is {list(dims)}")
    if tensor.HasField("segment"):
        raise Malformed("it is stored in segments")
    return dims


def _typed(tensor: onnx.TensorProto, kind: ElementType, units: int, filled: list[str]) -> Array:
    """Values from the typed field; protobuf's wider integers must fit the element type."""
    if filled not in ([], [kind.field]):
        raise Malformed(f"its data is {filled[0]} where the type {kind.name} has {kind.field}")
    field = getattr(tensor, kind.field)
    if len(field) != units:
        raise Malformed(f"its data has {len(field)} values where its shape asks for {units}")
    if kind.field in ("float_data", "double_data"):
        return np.array(field, kind.stored)
    wide = np.array(field, np.uint64 if kind.field == "uint64_data" else np.int64)
    # Sixteen-bit floats and packed 4-bit pairs are stored as bit patterns, without a sign.
    pattern = kind.stored.kind == "f" or kind.per_byte
    narrow = np.dtype(f"<u{kind.stored.itemsize}") if pattern else kind.stored
    limits = np.iinfo(narrow)
    if wide.size and (wide.min() < limits.min or wide.max() > limits.max):
        raise Malformed(f"its data has values outside the type {kind.name}")
    return wide.astype(narrow).view(kind.stored)


def _as_values(stored: Array, number: int, kind: ElementType, count: int) -> Array:
    """Stored units to the type that the reader works with."""
    if kind.per_byte:
        return _unpack(stored.view(np.uint8), signed=kind.stored.kind == "i")[:count]
    if number == BOOL:
        return np.not_equal(stored, 0)
    if number == BFLOAT16:
        return (stored.astype(np.uint32) << 16).view(np.float32)
    if number in FLOATS:
        with np.errstate(over="ignore", invalid="ignore"):
            return stored.astype(np.float32)
    return stored.astype(stored.dtype.newbyteorder("="))


def _unpack(packed: Array, *, signed: bool) -> Array:
    """Two 4-bit integers per byte, the low half first."""
    nibbles = np.stack([packed & 0xF, packed >> 4], axis=1).reshape(-1)
    return (nibbles.astype(np.int8) ^ 8) - 8 if signed else nibbles


def _check_finite(values: Array) -> None:
    """Refuse NaN; an infinite single number is a legitimate limit of a Clip."""
    if values.dtype != np.float32:
        return
    bad = np.isnan(values) if values.size == 1 else ~np.isfinite(values)
    if bad.any():
        at = tuple(int(index) for index in np.argwhere(bad)[0])
        raise Malformed(
            f"it holds {values[at]} at {list(at)}", hint="train or export the model again"
        )


def _texts(entries: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Refuse text that is not UTF-8, which protobuf hands out as bytes."""
    if not all(isinstance(text, str) for entry in entries for text in entry):
        raise Malformed("its external data entry is not valid text")
    return entries
