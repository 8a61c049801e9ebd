"""Dense: a fully connected layer."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import INT16, Int32Array
from tinyml_studio.ir.ops import Dense
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.real_factor import matching_mantissas, real_multipliers
from tinyml_studio.lower.weights import IntegerWeights, integer_weights
from tinyml_studio.program.instructions import FullyConnected, FullyConnectedReal
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.quantize.scheme import Granularity


def lower_dense(layer: Layer) -> None:
    """One instruction over the last axis.

    Source of the rounding: ``GetQuantizedConvolutionMultipler`` of TFLite; LiteRT's real factors
    are quotients of the exact product of the scales.
    """
    op = layer.op(Dense)
    single = layer.choice.granularity is Granularity.TENSOR
    source, output = layer.input(), layer.output(layer.calibrated())
    weights = integer_weights(
        layer,
        op.weight,
        op.bias,
        source=source,
        output=output,
        granularity=layer.choice.granularity,
        is_rounded=single and not layer.setting.arithmetic.real_factors,
    )
    low, high = layer.limits(output, op.clamp)
    if layer.setting.arithmetic.real_factors and source.type == INT16:
        _emit_real(layer, weights, (source, output), (low, high))
        return
    layer.emit(
        FullyConnected(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            weights=weights.integers,
            weight_type=weights.type,
            bias=weights.bias,
            multiplier=_multiplier(layer, weights, source, output),
            shift=weights.shift,
            low=low,
            high=high,
            narrow=weights.narrow,
            weight_scale=weights.scale,
        )
    )


def _emit_real(
    layer: Layer,
    weights: IntegerWeights,
    ends: tuple[QuantizedTensor, QuantizedTensor],
    limits: tuple[int, int],
) -> None:
    """One instruction with the real factors: 31 bits do not do for 16-bit results."""
    mantissas, shifts = real_multipliers(weights.factors)
    layer.emit(
        FullyConnectedReal(
            layer=layer.node.name,
            inputs=(ends[0].name,),
            output=ends[1].name,
            weights=weights.integers,
            weight_type=weights.type,
            bias=weights.bias,
            factor=mantissas,
            shift=shifts,
            low=limits[0],
            high=limits[1],
            narrow=weights.narrow,
            weight_scale=weights.scale,
        )
    )


def _multiplier(
    layer: Layer, weights: IntegerWeights, source: QuantizedTensor, output: QuantizedTensor
) -> Int32Array:
    """The mantissas, chosen to match the real factors where the engine multiplies by those."""
    if not layer.setting.arithmetic.real_factors:
        return weights.multiplier
    zero, kind = source.zero_point, source.type
    sums = np.abs(weights.integers.astype(np.int64)).sum(axis=1)
    return matching_mantissas(
        weights.multiplier,
        weights.shift,
        weights.factors,
        bounds=sums * max(kind.max - zero, zero - kind.min) + np.abs(weights.bias),
        reach=max(output.type.max - output.zero_point, output.zero_point - output.type.min) + 1,
    )
