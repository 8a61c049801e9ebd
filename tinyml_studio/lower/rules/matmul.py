"""MatMul: the product of two computed matrices."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import INT8, INT16
from tinyml_studio.ir.ops import MatMul
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.lower.rules.requantize import on_grid
from tinyml_studio.program.instructions import BatchMatMul
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.quantize.grids import exact_scale

_MAX_WIDE_SHIFT = 7  # of a multiplier with a 16-bit input; TFLite asserts it
_STEPS = 128  # of 16 bits for one of 8: the largest distance from a zero point is 255


def lower_matmul(layer: Layer) -> None:
    """One instruction; the product of the scales is rounded to float32, as TFLite does."""
    op = layer.op(MatMul)
    known = [layer.known[name] for name in layer.node.inputs if name in layer.known]
    first, second = _operands(layer, wide=any(tensor.type == INT16 for tensor in known))
    output = layer.output(layer.calibrated())
    product = float(np.float32(first.scale) * np.float32(second.scale))
    multiplier = layer.multiplier(product / output.scale)
    if first.type == INT16 and multiplier.shift > _MAX_WIDE_SHIFT:
        layer.refuse(
            f"one step of the accumulator is {product / output.scale:.3g} steps of the output",
            hint="give the output a wider range",
        )
    layer.emit(
        BatchMatMul(
            layer=layer.node.name,
            inputs=(first.name, second.name),
            output=output.name,
            adj_x=op.adj_x,
            adj_y=op.adj_y,
            multiplier=multiplier,
            low=output.type.min,
            high=output.type.max,
        )
    )


def _operands(layer: Layer, *, wide: bool) -> tuple[QuantizedTensor, QuantizedTensor]:
    """Both with 16 bits, or none of them."""
    if not wide:
        return layer.input(0, bits=INT8.bits), layer.input(1, bits=INT8.bits)
    first, second = (layer.input(index, bits=INT16.bits) for index in (0, 1))
    return _with_16_bits(layer, first), _with_16_bits(layer, second)


def _with_16_bits(layer: Layer, operand: QuantizedTensor) -> QuantizedTensor:
    """The operand, or the same values in 16 bits around 0, which changes none of them."""
    if operand.type == INT16:
        return operand
    return on_grid(layer, operand, Grid(INT16.bits, exact_scale(operand.scale / _STEPS), 0))
