"""Which converter reads which operator of a quantized model."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tinyml_studio.formats.emitter import Converter, Emitter
from tinyml_studio.formats.quantized import (
    bipolar_quant,
    dequantize_linear,
    qgemm,
    qlinear_average_pool,
    qlinear_binary,
    qlinear_concat,
    qlinear_conv,
    qlinear_matmul,
    qlinear_unary,
    quant,
    quantize_linear,
)
from tinyml_studio.formats.quantized.schema import STANDARD, check_contributed, kind_of
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.schema import check_schema
from tinyml_studio.formats.values import Known
from tinyml_studio.formats.wire import WireNode

CONVERTERS: Mapping[str, Converter] = {
    "QuantizeLinear": quantize_linear.convert,
    "DequantizeLinear": dequantize_linear.convert,
    "QLinearConv": qlinear_conv.convert,
    "QLinearMatMul": qlinear_matmul.convert,
    "QGemm": qgemm.convert,
    "QLinearAdd": qlinear_binary.convert,
    "QLinearMul": qlinear_binary.convert,
    "QLinearConcat": qlinear_concat.convert,
    "QLinearAveragePool": qlinear_average_pool.convert,
    "QLinearGlobalAveragePool": qlinear_average_pool.convert_global,
    "QLinearSoftmax": qlinear_unary.softmax,
    "QLinearSigmoid": qlinear_unary.sigmoid,
    "QLinearLeakyRelu": qlinear_unary.leaky_relu,
    "Quant": quant.convert,
    "IntQuant": quant.convert,
    "BipolarQuant": bipolar_quant.convert,
}

_EVALUATORS: Mapping[str, Callable[[Emitter], Known]] = {
    "QuantizeLinear": quantize_linear.evaluate,
    "DequantizeLinear": dequantize_linear.evaluate,
    "Quant": quant.evaluate,
    "IntQuant": quant.evaluate,
    "BipolarQuant": bipolar_quant.evaluate,
}
_DYNAMIC = frozenset({"DynamicQuantizeLinear", "ConvInteger", "MatMulInteger"})


def is_quantization(node: WireNode) -> bool:
    """Whether a node computes with quantized numbers, in whatever dialect."""
    if node.domain == "":
        return node.op_type in STANDARD
    return kind_of(node) is not None


def check_quantization(node: WireNode, opset: int) -> None:
    """Check operands and attributes of a node; raises `Malformed` and `Refused`."""
    if node.domain:
        check_contributed(node)
        return
    check_schema(node, opset)
    if node.op_type in _DYNAMIC:
        raise Refused(
            "its grid is chosen anew for every sample (dynamic quantization); quantize statically"
        )


def evaluate_quantization(emitter: Emitter) -> tuple[Known, ...] | None:
    """The result of a node over a constant; None where the network computes it."""
    evaluator = _EVALUATORS.get(emitter.node.op_type)
    if evaluator is None or not isinstance(emitter.operand(0), Known):
        return None
    return (evaluator(emitter),)
