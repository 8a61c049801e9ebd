"""Operators of models that are already quantized."""

from __future__ import annotations

from tinyml_studio.formats.wire import WireNode

REASON = "an already quantized model is not supported yet"
_STANDARD = frozenset(
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
_CONTRIBUTED = frozenset({"QGemm", "QuantizeLinear", "DequantizeLinear"})


def is_quantization(node: WireNode) -> bool:
    """Whether a node computes with quantized numbers (standard or com.microsoft)."""
    if node.domain == "":
        return node.op_type in _STANDARD
    return node.domain == "com.microsoft" and (
        node.op_type in _CONTRIBUTED or node.op_type.startswith("QLinear")
    )
