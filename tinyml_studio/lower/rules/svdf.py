"""SVDF: TFLite's integer kernel, on the grids that the file states."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import INT8, IntType
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.ir import ops
from tinyml_studio.ir.found import FoundGrid, FoundWeights
from tinyml_studio.ir.internal import state_tensor, time_weights
from tinyml_studio.lower.layer import Grid, Layer, float32_ratio
from tinyml_studio.lower.rules.gates import byte_input, byte_output
from tinyml_studio.program.instructions import Svdf
from tinyml_studio.quantize.file_grids import weight_grid_of
from tinyml_studio.quantize.params import QuantParams
from tinyml_studio.quantize.scheme import Granularity, RangeMethod


def lower_svdf(layer: Layer) -> None:
    """One instruction; its output has the limits of int8 alone, as in TFLite's integer kernels.

    Source: ``PrepareSvdf`` of TFLite-Micro, which multiplies the scales in float32.
    """
    op = layer.op(ops.Svdf)
    held = _stated(layer)
    source, output = byte_input(layer), byte_output(layer)
    state_grid, time_grid = (
        _grid(layer, name(layer.node)) for name in (state_tensor, time_weights)
    )
    features = _features(layer, held)
    kind = IntType(time_grid.bits)
    scale = float(features.scale[0])
    weight_product = float(np.float32(source.scale * scale))
    product = float(np.float32(state_grid.scale * time_grid.scale))
    factor = layer.multiplier(float32_ratio(product, output.scale))
    if factor.shift > 0:
        layer.refuse("the range of its output is too small", hint="give it a wider range")
    state = layer.scratch(
        op.time_weight.shape, Grid(kind.bits, state_grid.scale, state_grid.zero_point)
    )
    layer.emit(
        Svdf(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            feature_weights=features.quantize(op.feature_weight).astype(np.int8),
            weight_type=features.type,
            time_weights=np.rint(op.time_weight / time_grid.scale).astype(kind.carrier),
            time_type=kind,
            bias=_bias(held, op),
            feature_multiplier=_feature_multiplier(layer, weight_product, state_grid),
            output_multiplier=factor,
            low=INT8.min,
            high=INT8.max,
            state=state.name,
            state_zero_point=state.zero_point,
        )
    )


def _feature_multiplier(layer: Layer, product: float, state: FoundGrid) -> Multiplier:
    return layer.multiplier(float32_ratio(product, state.scale))


def _stated(layer: Layer) -> FoundWeights:
    """What the file states; without it nobody knows what sums over several steps reach."""
    found = layer.setting.graph.found
    held = found.weights.get(layer.node.name) if found else None
    asked = layer.choice.range_method is RangeMethod.FILE
    if held is None or not asked or layer.setting.arithmetic.powers_of_two:
        layer.refuse(
            "its ranges over several steps are those of the file, and cannot be measured on "
            "samples that stand alone",
            hint="take the file's ranges (range method file) and an arithmetic with its scales",
        )
    return held


def _grid(layer: Layer, name: str) -> FoundGrid:
    """What the file states about a part of the layer."""
    found = layer.setting.graph.found
    if found is None or name not in found.internal:
        layer.refuse("the file does not state all of its scales")
    return found.internal[name]


def _features(layer: Layer, held: FoundWeights) -> QuantParams:
    """The grid of the feature weights: the file's, or one of the width that is asked for."""
    if layer.choice.weight_bits == held.bits:
        return weight_grid_of(held)
    params, _ = layer.setting.cache.weights(
        layer.op(ops.Svdf).feature_weight,
        bits=layer.choice.weight_bits,
        granularity=Granularity.TENSOR,
        method=layer.choice.range_method,
        percentile=layer.setting.scheme.percentile,
        powers_of_two=False,
    )
    return params


def _bias(held: FoundWeights, op: ops.Svdf) -> np.ndarray:
    """In steps of state scale times time scale, whatever the feature weights have."""
    return np.zeros(op.bias.shape, np.int64) if held.bias is None else held.bias
