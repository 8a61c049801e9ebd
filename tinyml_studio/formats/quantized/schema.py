"""Operands and attributes of quantized operators that the standard's tables do not have.

Sources: ContribOperators.md of ONNX Runtime; the operator descriptions of QONNX.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.wire import WireNode

STANDARD = frozenset(
    {
        "QuantizeLinear",
        "DequantizeLinear",
        "DynamicQuantizeLinear",
        "QLinearConv",
        "QLinearMatMul",
        "ConvInteger",
        "MatMulInteger",
    }
)
"""Quantized operators of the standard domain."""

MICROSOFT = "com.microsoft"
QONNX = frozenset({"qonnx.custom_op.general", "onnx.brevitas", "finn.custom_op.general"})


@dataclass(frozen=True)
class Contributed:
    """An operator outside the standard: numbers of operands and names of attributes."""

    least: int
    most: int
    attributes: frozenset[str] = frozenset()


def _kind(least: int, most: int, *attributes: str) -> Contributed:
    return Contributed(least, most, frozenset(attributes))


_POOL = ("auto_pad", "ceil_mode", "count_include_pad", "kernel_shape", "pads", "strides")
_MICROSOFT: Mapping[str, Contributed] = {
    "QuantizeLinear": _kind(2, 3, "axis", "block_size", "output_dtype", "saturate", "precision"),
    "DequantizeLinear": _kind(2, 3, "axis", "block_size", "output_dtype"),
    "QGemm": _kind(6, 9, "alpha", "transA", "transB"),
    "QLinearAdd": _kind(7, 8),
    "QLinearMul": _kind(7, 8),
    "QLinearConcat": _kind(5, 4096, "axis"),
    "QLinearConv": _kind(
        8, 9, "auto_pad", "channels_last", "dilations", "group", "kernel_shape", "pads", "strides"
    ),
    "QLinearAveragePool": _kind(4, 5, "channels_last", *_POOL),
    "QLinearGlobalAveragePool": _kind(5, 5, "channels_last"),
    "QLinearSoftmax": _kind(5, 5, "axis", "opset"),
    "QLinearSigmoid": _kind(4, 5),
    "QLinearLeakyRelu": _kind(4, 5, "alpha"),
}
_QONNX: Mapping[str, Contributed] = {
    "Quant": _kind(4, 4, "signed", "narrow", "rounding_mode"),
    "IntQuant": _kind(4, 4, "signed", "narrow", "rounding_mode"),
    "BipolarQuant": _kind(2, 2),
}
_UNKNOWN = _kind(0, 0)


def kind_of(node: WireNode) -> Contributed | None:
    """What is known of a quantized operator outside the standard; None for any other node.

    A quantized operator that is not supported is known, too, and takes no operands.
    """
    if node.domain == MICROSOFT:
        others = _UNKNOWN if node.op_type.startswith("QLinear") else None
        return _MICROSOFT.get(node.op_type, others)
    if node.domain in QONNX:
        return _QONNX.get(node.op_type)
    return None


def check_contributed(node: WireNode) -> None:
    """Check a node outside the standard domain.

    Raises
    ------
    Refused
        If the operator is not supported.
    Malformed
        If operands, results or attributes are not those of the operator.
    """
    kind = kind_of(node)
    if kind is None or kind is _UNKNOWN:
        raise Refused(f"the operator {node.op_type} of {node.domain} is not supported")
    if not kind.least <= len(node.inputs) <= kind.most:
        raise Malformed(f"it has {len(node.inputs)} operands")
    if len(node.outputs) != 1:
        raise Malformed(f"it has {len(node.outputs)} outputs")
    for name in node.attributes.values:
        if name not in kind.attributes and not name.startswith("__"):
            raise Malformed(f"{node.op_type} has no attribute {name}")
