"""The outermost layer of a protobuf message, walked by hand.

A protobuf parser merges two messages that stand one behind the other and keeps what it does not
know, so a damaged or concatenated file can still "parse". Here every field of the outermost message
must be one that ONNX defines, of the right wire type, and every singular field must occur once.
"""

from __future__ import annotations

from tinyml_studio.errors import ModelError

_VARINT, _LENGTH = 0, 2
# Field number -> (name, wire type, may repeat), from onnx.proto, message ModelProto.
_FIELDS = {
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


def check_framing(data: bytes, file: str) -> None:
    """Refuse bytes that are not exactly one ONNX model.

    Raises
    ------
    ModelError
        If the file is cut off, has bytes behind its end, or holds several models.
    """
    seen: set[int] = set()
    position = 0
    while position < len(data):
        start = position
        tag, position = _varint(data, position, file)
        number, wire = tag >> 3, tag & 7
        known = _FIELDS.get(number)
        if known is None or known[1] != wire:
            raise _damaged(file, f"unknown data at byte {start}")
        if number in seen and not known[2]:
            raise _damaged(
                file, f"its {known[0]} occurs twice (at byte {start}): two files were joined"
            )
        seen.add(number)
        length, position = _varint(data, position, file)
        if wire == _LENGTH:
            position += length
    if position > len(data):
        raise _damaged(file, "the file is cut off")


def _varint(data: bytes, position: int, file: str) -> tuple[int, int]:
    """A variable-length integer and the position behind it."""
    value = 0
    for index in range(10):
        if position + index >= len(data):
            raise _damaged(file, "the file is cut off")
        byte = data[position + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value, position + index + 1
    raise _damaged(file, f"no valid number at byte {position}")


def _damaged(file: str, reason: str) -> ModelError:
    return ModelError(
        f"{file} is not an ONNX model, or it is damaged",
        detail=reason,
        hint="load or export the file again",
    )
