"""Tensors of which an axis holds several rows of every sample: ``(N * k, ...)`` in the file.

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
    """Whether a node reads such a tensor that it cannot just reshape or transpose."""
    joined = any(isinstance(operand, Tensor) and operand.is_joined for operand in operands)
    return joined and node.op_type not in ("Reshape", "Transpose")


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
    one = computed[0]
    rank = len(one.shape or ())
    if not _passes(emitter, computed):
        raise Refused(MIXES)
    if any(isinstance(value, Known) and value.array.ndim > rank for value in values.values()):
        raise Refused(MIXES)
    split = {
        name: _split(value) if isinstance(value, Tensor) else value
        for name, value in values.items()
    }
    emitter.around = replace(emitter.around, lookup=split.__getitem__)
    emitter.rows = True
    made = converter(emitter)
    outputs = made if isinstance(made, tuple) else (made,)
    return tuple(
        replace(tensor, merged=one.merged, trailing=one.trailing, batch_axis=one.batch_axis)
        for tensor in outputs
    )


def _passes(emitter: Emitter, computed: Sequence[Tensor]) -> bool:
    """Whether a node treats every row alike, and its operands have them at the same place."""
    one, kind = computed[0], emitter.node.op_type
    places = {(held.merged, held.trailing, held.batch_axis) for held in computed}
    if len(places) > 1:
        return False
    if kind == "MatMul" and len(computed) > 1:
        # stacks of matrices, one for every row
        stacks = [held.shape or () for held in computed]
        alike = len({(len(shape), shape[:-2]) for shape in stacks}) == 1
        return alike and one.merged and one.batch_axis < len(stacks[0]) - 2
    behind = one.batch_axis + one.merged < len(one.shape or ())
    if kind == "Softmax":
        return behind and emitter.opset >= 13 and emitter.attributes.integer("axis", -1) == -1
    return kind in _ROW_WISE and len({held.shape for held in computed}) == 1 and behind


def _split(tensor: Tensor) -> Tensor:
    return replace(tensor, merged=False, trailing=False, batch_axis=0)
