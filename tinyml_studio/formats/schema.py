"""What the ONNX standard says about an operator: operands, results and attributes.

Only the standard's own tables are asked, by name and version; no part of a file goes through code
of the onnx package that could trust it.
"""

from __future__ import annotations

from functools import lru_cache

import onnx.defs

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.wire import Attributes, AttributeValue, Subgraph, WireNode

_Option = onnx.defs.OpSchema.FormalParameterOption
_Type = onnx.defs.OpSchema.AttrType
_PYTHON_TYPES: dict[_Type, type | tuple[type, ...]] = {
    _Type.FLOAT: float,
    _Type.INT: int,
    _Type.STRING: bytes,
    _Type.FLOATS: tuple,
    _Type.INTS: tuple,
    _Type.STRINGS: tuple,
    _Type.GRAPH: Subgraph,
}


def check_schema(node: WireNode, opset: int) -> None:
    """Check a node of the standard domain against the standard.

    Raises
    ------
    Refused
        If this version of the standard has no such operator.
    Malformed
        If operands, results or attributes are not those of the operator.
    """
    schema = _schema(node.op_type, opset)
    if schema is None or schema.deprecated:
        raise Refused(f"opset {opset} has no operator {node.op_type}")
    if not schema.min_input <= len(node.inputs) <= schema.max_input:
        raise Malformed(f"it has {len(node.inputs)} operands")
    if not schema.min_output <= len(node.outputs) <= schema.max_output:
        raise Malformed(f"it has {len(node.outputs)} outputs")
    for index, name in enumerate(node.inputs):
        if not name and not _may_be_left_out(schema, index):
            raise Malformed(f"operand {index} is missing")
    _check_attributes(node.attributes, schema, opset)


def _may_be_left_out(schema: onnx.defs.OpSchema, index: int) -> bool:
    """Whether the standard calls an operand optional."""
    operands = schema.inputs
    return operands[min(index, len(operands) - 1)].option == _Option.Optional


@lru_cache(maxsize=1024)
def _schema(op_type: str, opset: int) -> onnx.defs.OpSchema | None:
    """The operator as it is in one version, None when it does not exist."""
    try:
        return onnx.defs.get_schema(op_type, opset, "")
    except onnx.defs.SchemaError:
        return None


def _check_attributes(attributes: Attributes, schema: onnx.defs.OpSchema, opset: int) -> None:
    """Every attribute is known, and every required one is there."""
    for name, value in attributes.values.items():
        known = schema.attributes.get(name)
        # Names with two underscores are notes of a tool, which the standard allows everywhere.
        if known is None and not name.startswith("__"):
            raise Malformed(f"opset {opset} knows no attribute {name} of {schema.name}")
        if known is not None and not _fits(value, known.type):
            raise Malformed(f"the attribute {name} has the wrong type")
    for name, known in schema.attributes.items():
        if known.required and name not in attributes:
            raise Malformed(f"the attribute {name} is missing")


def _fits(value: AttributeValue, kind: _Type) -> bool:
    """Whether a value has the type that the standard asks for (tensors are looked at later)."""
    wanted = _PYTHON_TYPES.get(kind)
    return wanted is None or isinstance(value, wanted)
