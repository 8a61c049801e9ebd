"""Tensors whose first axis holds several rows of every sample: ``(N * k, ...)`` in the file.

Exporters reshape a sequence so, multiply every row by a matrix, and reshape back. The graph keeps
``k`` as an axis of the sample, and lets only operators pass that treat every row alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tinyml_studio.formats.emitter import Converter, Emitter
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Known, Tensor, Value
from tinyml_studio.formats.wire import WireNode

MIXES = "it mixes the batch with other axes"
_ROW_WISE = frozenset(
    {
        *("Add", "Sub", "Mul", "Div", "Neg", "Sum", "Gemm", "MatMul"),
        *("Clip", "HardSigmoid", "HardSwish", "LeakyRelu", "Relu", "Sigmoid", "Tanh"),
        *("Elu", "Erf", "Exp", "Gelu", "Mish", "Selu", "Softplus", "Sqrt"),
        *("Cast", "Dropout", "Identity"),
        *("QuantizeLinear", "DequantizeLinear", "Quant", "IntQuant"),
        *("QGemm", "QLinearMatMul", "QLinearAdd", "QLinearMul"),
        *("QLinearSigmoid", "QLinearLeakyRelu"),
    }
)


def has_merged_operand(node: WireNode, operands: Sequence[Value | None]) -> bool:
    """Whether a node reads a merged tensor that it cannot just reshape."""
    merged = any(isinstance(operand, Tensor) and operand.merged for operand in operands)
    return merged and node.op_type != "Reshape"


def convert_rows(emitter: Emitter, converter: Converter) -> tuple[Tensor, ...]:
    """Convert a node on merged tensors, as if the rows were an axis of the sample.

    Raises
    ------
    Refused
        If the node does not treat every row alike, or another operand is not merged.
    """
    node, lookup = emitter.node, emitter.around.lookup
    values = {name: lookup(name) for name in node.inputs if name}
    computed = [value for value in values.values() if isinstance(value, Tensor)]
    shapes = {value.shape for value in computed}
    if node.op_type not in _ROW_WISE or len(shapes) > 1 or not all(t.merged for t in computed):
        raise Refused(MIXES)
    rank = len(computed[0].shape or ())
    if any(isinstance(value, Known) and value.array.ndim > rank for value in values.values()):
        raise Refused(MIXES)
    split = {
        name: replace(value, merged=False) if isinstance(value, Tensor) else value
        for name, value in values.items()
    }
    emitter.around = replace(emitter.around, lookup=split.__getitem__)
    emitter.rows = True
    made = converter(emitter)
    outputs = made if isinstance(made, tuple) else (made,)
    return tuple(replace(tensor, merged=True) for tensor in outputs)
