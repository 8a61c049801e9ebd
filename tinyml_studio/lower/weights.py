"""Weights, bias and multipliers of a layer that multiplies and adds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import (
    INT8,
    INT16,
    FloatArray,
    Int8Array,
    Int32Array,
    Int64Array,
    IntType,
)
from tinyml_studio.ir.found import FoundWeights
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.quantize.file_grids import file_weights
from tinyml_studio.quantize.grids import MAX_REAL, exact_scale, power_of_two_above
from tinyml_studio.quantize.params import QuantParams
from tinyml_studio.quantize.scheme import Granularity

BIAS_BITS = {4: 32, 8: 32, 16: 40}
"""Bits of a bias by the bits of the input: int32, and 40 of int64 as TFLite's int16x8 kernels."""

_FINEST = 2.0**-20  # of a step of an output of 8 bits, in the accumulator

_MAX_SHIFT = {4: 30, 8: 30, 16: 7}  # of a multiplier, by the bits of the input; TFLite asserts it


@dataclass(frozen=True, eq=False)
class IntegerWeights:
    """What convolutions and fully connected layers share.

    `integers` ``(O, ...)``, the others ``(O,)``; `scale` is that of the weights, `factors` are what
    the multipliers stand for, `narrow` is that of the instruction.
    """

    integers: Int8Array
    type: IntType
    bias: Int64Array
    multiplier: Int32Array
    shift: Int32Array
    scale: NDArray[np.float64]
    factors: NDArray[np.float64]
    narrow: bool = False


def integer_weights(
    layer: Layer,
    weight: FloatArray,
    bias: FloatArray,
    *,
    source: QuantizedTensor,
    output: QuantizedTensor,
    granularity: Granularity,
    is_rounded: bool = False,
) -> IntegerWeights:
    """Quantize the weights ``(O, ...)`` and the bias ``(O,)`` of a layer.

    Where the file states them and the choice leaves them, they are the file's integers. With
    `is_rounded` the product of input and weight scale is rounded to float32, as TFLite does where
    there is one weight scale.

    Otherwise the bias is held in steps of ``input scale * weight scale``. Where it would need more
    than a quarter of its type, or these steps would be finer than any output of 8 bits shows, the
    weight scale of that channel is widened until they are not; where all weights of a channel are
    zero, its steps are no larger than the output's.
    """
    held = _stated(layer)
    params, integers = _quantized(layer, weight, held, granularity)
    scales = np.broadcast_to(params.scale, bias.shape)
    exact = None if held is None else _file_bias(layer, held, source)
    if exact is None:
        scales = _finer_where_zero(scales, integers, output.scale / source.scale)
        needed = np.maximum(_scale_for_bias(bias, source), _least_scale(source, output))
        if layer.setting.arithmetic.powers_of_two:
            needed = np.array([power_of_two_above(scale) for scale in needed.tolist()])
        if (needed > scales).any():
            scales, integers = _widened(weight, params, scales, integers, needed)
        steps = bias.astype(np.float64) / (source.scale * scales)
        exact = np.trunc(steps + np.copysign(0.5, steps)).astype(np.int64)
    factors = _factors(layer, source.scale * scales, output.scale, is_rounded=is_rounded)
    narrow = held is not None and held.narrow and exact is held.bias
    mantissas, shifts = _multipliers(layer, factors, 8 if narrow else source.type.bits)
    scales = np.array(scales)
    return IntegerWeights(integers, params.type, exact, mantissas, shifts, scales, factors, narrow)


def _stated(layer: Layer) -> FoundWeights | None:
    """What the file states of the weights; None where a choice or a range by hand is in its way."""
    if layer.node.name in layer.setting.scheme.weight_reach:
        return None
    return file_weights(layer.setting.graph.found, layer.node.name, layer.choice)


def _factors(
    layer: Layer, products: NDArray[np.float64], scale: float, *, is_rounded: bool
) -> NDArray[np.float64]:
    """What the multipliers ``(O,)`` stand for: products of two scales over the output's.

    In float32 arithmetic the product and the quotient are rounded, as in ``QLinearConv``.
    """
    is_float32 = layer.setting.arithmetic.is_float32
    if is_rounded or is_float32:
        products = products.astype(np.float32).astype(np.float64)
    factors = products / scale
    return factors.astype(np.float32).astype(np.float64) if is_float32 else factors


def _quantized(
    layer: Layer, weight: FloatArray, held: FoundWeights | None, granularity: Granularity
) -> tuple[QuantParams, Int8Array]:
    """Grid and integers: the file's own, or what the layer's choice makes of the weights."""
    powers_of_two = layer.setting.arithmetic.powers_of_two
    if held is not None:
        return layer.setting.cache.file_weights(weight, held, powers_of_two=powers_of_two)
    return layer.setting.cache.weights(
        weight,
        bits=layer.choice.weight_bits,
        granularity=granularity,
        method=layer.choice.range_method,
        percentile=layer.setting.scheme.percentile,
        powers_of_two=powers_of_two,
        reach=layer.setting.scheme.weight_reach.get(layer.node.name),
    )


def _file_bias(layer: Layer, held: FoundWeights, source: QuantizedTensor) -> Int64Array | None:
    """The file's integer bias, as long as both scales are those that it was made for."""
    if layer.setting.arithmetic.powers_of_two:
        return None
    found = layer.setting.graph.found
    stated = None if found is None else found.activations.get(layer.node.inputs[0])
    if stated is None or Grid(stated.bits, stated.scale, stated.zero_point) != Grid.of(source):
        return None
    return held.bias


def _scale_for_bias(bias: FloatArray, source: QuantizedTensor) -> NDArray[np.float64]:
    """The least weight scales ``(O,)`` with which the bias takes a quarter of its type at most."""
    quarter = float(1 << (BIAS_BITS[source.type.bits] - 3))
    return np.asarray(np.abs(bias.astype(np.float64)) / (source.scale * quarter))


def _least_scale(source: QuantizedTensor, output: QuantizedTensor) -> float:
    """The weight scale at which a step of the accumulator is 2**-20 of one of the output's.

    Smaller weights than its make no difference to outputs of 8 bits, but their multipliers shift
    further than the fast kernels do; wider types have no such kernels.
    """
    if max(source.type.bits, output.type.bits) > INT8.bits:
        return 0.0
    return output.scale / source.scale * _FINEST


def _finer_where_zero(
    scales: NDArray[np.float64], integers: Int8Array, most: float
) -> NDArray[np.float64]:
    """Scales ``(O,)``, at most `most` where all weights are zero.

    There the scale serves the bias only, and may not make its steps larger than the output's.
    """
    zero = ~integers.reshape(len(integers), -1).any(axis=1)
    return np.where(zero, np.minimum(scales, exact_scale(most)), scales)


def _widened(
    weight: FloatArray,
    params: QuantParams,
    scales: NDArray[np.float64],
    integers: Int8Array,
    needed: NDArray[np.float64],
) -> tuple[NDArray[np.float64], Int8Array]:
    """Scales that are large enough for the bias, and the integers of those channels anew."""
    short = needed > scales
    # in float32, and above `needed` where rounding would undo the widening
    larger = np.minimum(needed, MAX_REAL).astype(np.float32)
    larger = np.where(larger < needed, np.nextafter(larger, np.float32(MAX_REAL)), larger)
    scales = np.where(short, larger.astype(np.float64), scales)
    again = QuantParams(params.type, scales[short], 0, params.low, params.high)
    result = integers.copy()
    result[short] = again.quantize(weight[short])
    result.setflags(write=False)
    return scales, result


def _multipliers(
    layer: Layer, factors: NDArray[np.float64], input_bits: int
) -> tuple[Int32Array, Int32Array]:
    """Mantissa and shift of each channel's effective scale."""
    least_shift = -48 if input_bits == INT16.bits else -31
    pairs = [layer.multiplier(float(factor), least_shift=least_shift) for factor in factors]
    if max(pair.shift for pair in pairs) > _MAX_SHIFT[input_bits]:
        layer.refuse(
            f"one step of the accumulator is {factors.max():.3g} steps of the output",
            hint="give the output a wider range, or more weight bits",
        )
    return (
        np.array([pair.mantissa for pair in pairs], dtype=np.int32),
        np.array([pair.shift for pair in pairs], dtype=np.int32),
    )
