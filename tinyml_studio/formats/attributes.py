"""Attributes of a node: one value of the declared type, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import onnx

from tinyml_studio.formats.limits import MAX_ATTRIBUTE_VALUES, MAX_ATTRIBUTES
from tinyml_studio.formats.names import checked_name
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.tensors import TensorDecoder
from tinyml_studio.formats.wire import Attributes, AttributeValue, Subgraph

_Proto = onnx.AttributeProto
_SIMPLE: dict[int, Callable[[onnx.AttributeProto], AttributeValue]] = {
    _Proto.FLOAT: lambda proto: float(proto.f),
    _Proto.INT: lambda proto: int(proto.i),
    _Proto.STRING: lambda proto: bytes(proto.s),
    _Proto.FLOATS: lambda proto: tuple(float(value) for value in proto.floats),
    _Proto.INTS: lambda proto: tuple(int(value) for value in proto.ints),
    _Proto.STRINGS: lambda proto: tuple(bytes(value) for value in proto.strings),
}
_FIELDS = {
    _Proto.FLOAT: "f",
    _Proto.INT: "i",
    _Proto.STRING: "s",
    _Proto.TENSOR: "t",
    _Proto.FLOATS: "floats",
    _Proto.INTS: "ints",
    _Proto.STRINGS: "strings",
}
_NEVER_OPENED = frozenset(
    {
        _Proto.GRAPH,
        _Proto.GRAPHS,
        _Proto.TYPE_PROTO,
        _Proto.TYPE_PROTOS,
        _Proto.TENSORS,
        _Proto.SPARSE_TENSOR,
        _Proto.SPARSE_TENSORS,
    }
)


def read_attributes(protos: Iterable[onnx.AttributeProto], decoder: TensorDecoder) -> Attributes:
    """All attributes of one node by name.

    Raises
    ------
    Malformed
        For a repeated or nameless attribute, a wrong type, or too many values.
    """
    values: dict[str, AttributeValue] = {}
    for proto in protos:
        name = checked_name(proto.name, "attribute")
        if name in values:
            raise Malformed(f"the attribute {name} is given twice")
        if len(values) >= MAX_ATTRIBUTES:
            raise Malformed(f"there are more than {MAX_ATTRIBUTES} attributes")
        values[name] = _value(proto, decoder)
    return Attributes(values)


def _value(proto: onnx.AttributeProto, decoder: TensorDecoder) -> AttributeValue:
    """The value of one attribute."""
    kind = int(proto.type)
    if proto.ref_attr_name:
        raise Malformed(f"the attribute {proto.name} refers to an attribute of a function")
    if kind in _NEVER_OPENED:
        return Subgraph()
    _check_one_type(proto, kind)
    if kind == _Proto.TENSOR:
        try:
            return decoder.decode(proto.t)
        except Malformed as error:
            raise error.at(f"the tensor in the attribute {proto.name}") from None
    if kind not in _SIMPLE:
        raise Malformed(f"the attribute {proto.name} has no valid type")
    if max(len(proto.floats), len(proto.ints), len(proto.strings)) > MAX_ATTRIBUTE_VALUES:
        raise Malformed(f"the attribute {proto.name} has too many values")
    return _SIMPLE[kind](proto)


def _check_one_type(proto: onnx.AttributeProto, kind: int) -> None:
    """Refuse values in a field that the declared type does not use."""
    for other, field in _FIELDS.items():
        scalar = field in ("f", "i", "s", "t")
        filled = proto.HasField(field) if scalar else len(getattr(proto, field)) > 0
        if filled and other != kind:
            raise Malformed(f"the attribute {proto.name} has values of two types, or no type")
