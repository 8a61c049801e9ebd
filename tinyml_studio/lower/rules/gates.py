"""What LSTM and GRU share: int8 input and output, weights and multipliers of every gate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tinyml_studio.arith.inttype import (
    INT8,
    INT16,
    FloatArray,
    Int8Array,
    Int32Array,
    Int64Array,
    IntType,
)
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.ir.found import FoundWeights
from tinyml_studio.ir.ops import Gru, Lstm
from tinyml_studio.lower.layer import Grid, Layer, calibrated_grid
from tinyml_studio.lower.rules.requantize import on_grid
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.quantize.file_grids import file_weights, weight_grid_of
from tinyml_studio.quantize.grids import exact_scale, power_of_two_above
from tinyml_studio.quantize.params import QuantParams
from tinyml_studio.quantize.scheme import Granularity

GATE_SCALE = 2.0**-12
UNIT_SCALE = 2.0**-15
_BIAS_STEPS = 1 << 29  # a bias beyond would not leave room for the products


@dataclass(frozen=True, eq=False)
class GateProducts:
    """The products of every gate with one operand: weights ``(G, H, K)``, the rest as there."""

    weights: Int8Array
    bias: Int64Array
    multiplier: Int32Array
    shift: Int32Array


def byte_input(layer: Layer) -> QuantizedTensor:
    """The operand with 8 bits; of another width it is brought there, its range kept."""
    source = layer.input()
    if layer.setting.arithmetic.rounding is Rounding.FLOAT32:
        layer.refuse(
            f"the arithmetic {layer.setting.arithmetic.name} has no integers for it",
            hint="choose the arithmetic tflm",
        )
    if source.type == INT8:
        return source
    if source.type == INT16:
        wide = source.scale * INT16.max / INT8.max
        scale = power_of_two_above(wide) if layer.setting.arithmetic.powers_of_two else wide
        return on_grid(layer, source, Grid(INT8.bits, exact_scale(scale), 0))
    return on_grid(layer, source, Grid(INT8.bits, source.scale, source.zero_point))


def byte_output(layer: Layer) -> QuantizedTensor:
    """The output, which has 8 bits whatever is asked of others."""
    choice = replace(layer.choice, activation_bits=INT8.bits)
    return layer.output(calibrated_grid(layer.setting, layer.node.outputs[0], choice))


def gate_products(
    layer: Layer, op: Lstm | Gru, source: QuantizedTensor, output: QuantizedTensor
) -> tuple[GateProducts, GateProducts]:
    """Those with the input and those with the output of the step before.

    Every matrix has one scale, as in TFLite's LSTM.
    """
    choice = replace(layer.choice, granularity=Granularity.CHANNEL)
    held = file_weights(layer.setting.graph.found, layer.node.name, choice)
    recurrent = op.hidden_bias if isinstance(op, Gru) else np.zeros_like(op.bias)
    return (
        _products(layer, op.input_weight, op.bias, source, _part(held, 0, source, layer)),
        _products(layer, op.hidden_weight, recurrent, output, _part(held, 1, output, layer)),
    )


def weight_type(layer: Layer) -> IntType:
    """The type of all weights."""
    return IntType(layer.choice.weight_bits)


def _part(
    held: FoundWeights | None, index: int, source: QuantizedTensor, layer: Layer
) -> FoundWeights | None:
    """The scales of the first or the second half of the matrices; the bias is of the first.

    The bias counts as long as its input has the grid that it was made for.
    """
    if held is None:
        return None
    half = held.scale.size // 2
    found = layer.setting.graph.found
    stated = found.activations.get(layer.node.inputs[0]) if found else None
    kept = stated is not None and Grid.of(source) == Grid(
        stated.bits, stated.scale, stated.zero_point
    )
    bias = held.bias if index == 0 and kept else None
    return replace(held, scale=held.scale[index * half : (index + 1) * half], bias=bias)


def _products(
    layer: Layer,
    weight: FloatArray,
    bias: FloatArray,
    source: QuantizedTensor,
    held: FoundWeights | None,
) -> GateProducts:
    """The products with one operand."""
    grids = [
        _matrix_grid(layer, matrix, row, source, held, gate)
        for gate, (matrix, row) in enumerate(zip(weight, bias, strict=True))
    ]
    integers = np.stack(
        [grid.quantize(matrix) for grid, matrix in zip(grids, weight, strict=True)]
    ).astype(np.int8)
    scales = np.array([grid.scale[0] for grid in grids])
    # TFLite rounds the product of the scales to float32
    products = (source.scale * scales).astype(np.float32).astype(np.float64)
    pairs = [layer.multiplier(float(product) / GATE_SCALE) for product in products]
    steps = bias.astype(np.float64) / (source.scale * scales[:, None])
    exact = np.trunc(steps + np.copysign(0.5, steps)).astype(np.int64)
    if held is not None and held.bias is not None and not layer.setting.arithmetic.powers_of_two:
        exact = held.bias.reshape(bias.shape)
    mantissas, shifts = zip(*pairs, strict=True)
    return GateProducts(integers, exact, np.array(mantissas, np.int32), np.array(shifts, np.int32))


def _matrix_grid(
    layer: Layer,
    matrix: FloatArray,
    bias: FloatArray,
    source: QuantizedTensor,
    held: FoundWeights | None,
    gate: int,
) -> QuantParams:
    """The grid of one matrix ``(H, K)``: the file's, or one that leaves its bias in range."""
    powers_of_two = layer.setting.arithmetic.powers_of_two
    if held is not None and not powers_of_two:
        return weight_grid_of(replace(held, scale=held.scale[gate : gate + 1]))
    params, _ = layer.setting.cache.weights(
        matrix,
        bits=layer.choice.weight_bits,
        granularity=Granularity.TENSOR,
        method=layer.choice.range_method,
        percentile=layer.setting.scheme.percentile,
        powers_of_two=powers_of_two,
    )
    needed = float(np.abs(bias).max()) / (source.scale * _BIAS_STEPS)
    if needed <= params.scale[0]:
        return params
    scale = power_of_two_above(needed) if powers_of_two else exact_scale(needed * 1.001)
    return replace(params, scale=np.array([scale]))
