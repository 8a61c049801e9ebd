"""The protobuf encoding of a model, walked by hand before any parser sees it.

A protobuf parser merges two messages that stand one behind the other and keeps what it does not
know, so a damaged or concatenated file can still "parse". It also makes objects of hundreds of
bytes from two bytes of the file. Here the outermost message must consist of fields that ONNX
defines, singular ones once, and everything that becomes objects is counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tinyml_studio.errors import ModelError
from tinyml_studio.formats.limits import MAX_FIELDS, MAX_NESTING, MAX_OTHER_BYTES

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_MODEL, _GRAPH, _NODE, _ATTRIBUTE, _TENSOR = range(5)
# All numbers are those of onnx.proto. Field of ModelProto -> (name, wire type, may repeat).
_MODEL_FIELDS = {
    1: ("ir_version", _VARINT, False),
    2: ("producer_name", _LENGTH, False),
    3: ("producer_version", _LENGTH, False),
    4: ("domain", _LENGTH, False),
    5: ("model_version", _VARINT, False),
    6: ("doc_string", _LENGTH, False),
    7: ("graph", _LENGTH, False),
    8: ("opset_import", _LENGTH, True),
    14: ("metadata_props", _LENGTH, True),
    20: ("training_info", _LENGTH, True),
    25: ("functions", _LENGTH, True),
    26: ("configuration", _LENGTH, True),
}
_INNER = {  # (message, field) -> message that the field holds
    (_MODEL, 7): _GRAPH,
    (_GRAPH, 1): _NODE,
    (_GRAPH, 5): _TENSOR,
    (_NODE, 5): _ATTRIBUTE,
    (_ATTRIBUTE, 5): _TENSOR,
    (_ATTRIBUTE, 6): _GRAPH,
}
_WEIGHTS = {(_TENSOR, 4), (_TENSOR, 9), (_TENSOR, 10)}  # float_data, raw_data, double_data


@dataclass
class _Walk:
    """Where the walk is and what it has seen."""

    data: bytes
    file: str
    position: int = 0
    fields: int = 0
    other: int = 0  # bytes of strings, lists and messages that are not walked
    seen: set[int] = field(default_factory=set)

    def damaged(self, reason: str) -> ModelError:
        return ModelError(
            f"{self.file} is not an ONNX model, or it is damaged",
            detail=reason,
            hint="load or export the file again",
        )

    def varint(self) -> int:
        """A variable-length integer, at most 10 bytes."""
        value = 0
        for index in range(10):
            if self.position + index >= len(self.data):
                raise self.damaged("the file is cut off")
            byte = self.data[self.position + index]
            value |= (byte & 0x7F) << (7 * index)
            if byte < 0x80:
                self.position += index + 1
                return value
        raise self.damaged(f"no valid number at byte {self.position}")


def check_framing(data: bytes, file: str) -> None:
    """Refuse bytes that are not exactly one ONNX model, or one of too many parts.

    Raises
    ------
    ModelError
        If the file is cut off, has bytes behind its end, holds several models or too many parts.
    """
    walk = _Walk(data, file)
    open_messages = [(_MODEL, len(data))]
    while open_messages:
        message, end = open_messages[-1]
        if walk.position >= end:
            if walk.position > end:
                raise walk.damaged(f"a part of it ends at byte {walk.position} instead of {end}")
            open_messages.pop()
            continue
        inner = _field(walk, message, end)
        if inner is not None:
            open_messages.append(inner)
        if len(open_messages) > MAX_NESTING:
            raise walk.damaged("its graphs are nested too deeply")


def _field(walk: _Walk, message: int, end: int) -> tuple[int, int] | None:
    """Pass one field; the message inside it and its end, when that is to be walked."""
    start, tag = walk.position, walk.varint()
    number, wire = tag >> 3, tag & 7
    if message == _MODEL:
        _check_model_field(walk, start, number, wire)
    walk.fields += 1
    if wire == _VARINT:
        walk.varint()
    elif wire in (_FIXED32, _FIXED64):
        walk.position += 4 if wire == _FIXED32 else 8
    elif wire == _LENGTH:
        return _length_delimited(walk, (message, number), end)
    else:
        raise walk.damaged(f"unknown data at byte {start}")
    _check_counts(walk)
    return None


def _length_delimited(walk: _Walk, place: tuple[int, int], end: int) -> tuple[int, int] | None:
    """Pass the content of a field, or tell that it is a message to walk."""
    length = walk.varint()
    inner_end = walk.position + length
    if inner_end > len(walk.data):
        raise walk.damaged("the file is cut off")
    if inner_end > end:
        raise walk.damaged(f"the part at byte {walk.position} is longer than the whole")
    _check_counts(walk)
    if place in _INNER:
        return _INNER[place], inner_end
    walk.position = inner_end
    walk.other += 0 if place in _WEIGHTS else length
    return None


def _check_model_field(walk: _Walk, start: int, number: int, wire: int) -> None:
    """Refuse unknown fields of the outermost message, and singular ones that come again."""
    known = _MODEL_FIELDS.get(number)
    if known is None or known[1] != wire:
        raise walk.damaged(f"unknown data at byte {start}")
    if number in walk.seen and not known[2]:
        raise walk.damaged(f"its {known[0]} occurs twice (at byte {start}): two files were joined")
    walk.seen.add(number)


def _check_counts(walk: _Walk) -> None:
    """Refuse what would become too many objects in memory."""
    if walk.fields > MAX_FIELDS or walk.other > MAX_OTHER_BYTES:
        raise ModelError(
            f"{walk.file} is too large",
            detail=f"besides the weights, at most {MAX_FIELDS} fields"
            f" and {MAX_OTHER_BYTES} bytes are read",
        )
