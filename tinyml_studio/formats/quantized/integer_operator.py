"""Operators on integers, read as the real operator between their grids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tinyml_studio.formats.emitter import Converter, Emitter
from tinyml_studio.formats.encoding import Encoding
from tinyml_studio.formats.quantized.dequantize_linear import dequantized
from tinyml_studio.formats.quantized.parameters import (
    STORED,
    UINT8,
    check_integers,
    read_encoding,
    stored_type,
    weight_encoding,
)
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Known, Tensor, Value
from tinyml_studio.formats.wire import Attributes, AttributeValue, WireNode


def real_operand(emitter: Emitter, index: int, *, channels: int = 1) -> tuple[Value, Encoding]:
    """An operand as real numbers, with what it was; scale and zero point stand behind it.

    Parameters
    ----------
    emitter
        The node.
    index
        Position of the integers.
    channels
        Axis of a constant that may have several scales.

    Raises
    ------
    Malformed, Refused
        As `read_encoding`, and where a computed operand lies on another grid.
    """
    value = emitter.operand(index)
    if isinstance(value, Known):
        emitter.constant(index, "operand")
        encoding = weight_encoding(emitter, index + 1, index + 2, kind=stored_type(value))
        return dequantized(value, encoding, channels), encoding
    tensor, _ = emitter.tensor(index)
    stored = STORED.get(tensor.stored, UINT8)
    encoding = read_encoding(emitter, index + 1, index + 2, default=stored)
    check_integers(emitter, tensor, encoding)
    return replace(tensor, stored=""), encoding


def real_bias(emitter: Emitter, index: int, source: Encoding, weight: Encoding) -> Known | None:
    """An int32 bias in steps of input scale times weight scale; None where there is none.

    Raises
    ------
    Malformed
        If it is not int32, or does not fit the scales.
    """
    array = emitter.constant(index, "bias")
    known = emitter.operand(index)
    if array is None or not isinstance(known, Known):
        return None
    if str(stored_type(known)) != "int32":
        raise Malformed(f"its bias is of type {stored_type(known)}, not int32")
    if not weight.is_single and array.shape != weight.scale.shape:
        raise Malformed(f"its bias of shape {list(array.shape)} has {weight.scale.size} scales")
    scale = source.scale * weight.scale
    held = Encoding(stored_type(known), scale, 0 * weight.zero_point, integers=array)
    return Known(held.real(array), encoding=held)


def convert_as(
    emitter: Emitter,
    converter: Converter,
    operands: Sequence[Value | None],
    *,
    op_type: str,
    drop: Sequence[str] = (),
    add: Mapping[str, AttributeValue] | None = None,
) -> Tensor:
    """The node as a real operator over real operands.

    Parameters
    ----------
    emitter
        The node; it stands for the real operator from here on.
    converter
        Reads the real operator.
    operands
        Its operands.
    op_type
        Its name.
    drop, add
        Attributes that it does not have, and that it has besides.
    """
    names = tuple("" if value is None else f"#{at}" for at, value in enumerate(operands))
    values = {name: value for name, value in zip(names, operands, strict=True) if value is not None}
    kept = {key: held for key, held in emitter.attributes.values.items() if key not in drop}
    attributes = Attributes({**kept, **(add or {})})
    emitter.node = WireNode(emitter.node.name, op_type, "", names, emitter.node.outputs, attributes)
    emitter.around = replace(emitter.around, lookup=values.__getitem__)
    made = converter(emitter)
    if not isinstance(made, Tensor):
        raise Refused("it makes several tensors")
    return made


def on_output_grid(emitter: Emitter, made: Tensor, encoding: Encoding) -> Tensor:
    """The result of a real operator, as the integers that the node makes."""
    emitter.grids[made.name] = encoding.grid
    return replace(made, stored=str(encoding.kind))


def refuse_channels_last(emitter: Emitter) -> None:
    """Channels are the first axis of a sample, unless ONNX Runtime has rewritten the file."""
    if emitter.attributes.flag("channels_last"):
        raise Refused("its channels are last, as only ONNX Runtime's own rewriting makes them")
