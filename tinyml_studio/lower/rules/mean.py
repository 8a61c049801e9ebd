"""Mean: over axes of the sample, with 1/n folded into the multiplier."""

from __future__ import annotations

from math import prod

from tinyml_studio.arith.float32 import rounded
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Layer
from tinyml_studio.program.instructions import Mean
from tinyml_studio.program.program import QuantizedTensor


def lower_mean(layer: Layer) -> None:
    """One instruction with a grid of its own; under power-of-two scales it divides by the count.

    In float32 arithmetic the factor is that of ``QLinearGlobalAveragePool``.
    """
    op = layer.op(ops.Mean)
    source, output = layer.input(), layer.output(layer.calibrated())
    count = prod(source.shape[axis] for axis in op.axes)
    if layer.setting.arithmetic.is_float32:
        ratio = rounded(source.scale / rounded(output.scale * count))
        _emit(layer, source, output, layer.multiplier(ratio))
        return
    multiplier = layer.multiplier(source.scale / output.scale)
    if layer.setting.arithmetic.powers_of_two and _can_divide(multiplier, count):
        _emit(layer, source, output, multiplier, divisor=count)
    else:
        _emit(layer, source, output, fold_count(multiplier, count))


def _emit(
    layer: Layer,
    source: QuantizedTensor,
    output: QuantizedTensor,
    multiplier: Multiplier,
    *,
    divisor: int = 1,
) -> None:
    layer.emit(
        Mean(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            axes=layer.op(ops.Mean).axes,
            multiplier=multiplier,
            low=output.type.min,
            high=output.type.max,
            divisor=divisor,
        )
    )


def fold_count(multiplier: Multiplier, count: int) -> Multiplier:
    """The multiplier divided by `count`, with as many bits kept as int64 allows.

    Source: ``QuantizedMeanOrSum`` of TFLite's reference reduce kernel.
    """
    left = min(count.bit_length() - 1, 32, 31 + multiplier.shift)
    return Multiplier((multiplier.mantissa << left) // count, multiplier.shift - left)


def _can_divide(multiplier: Multiplier, count: int) -> bool:
    """Whether there is a divisor, and it stays within 2**30 with the right shift in it.

    Beyond that every result is next to nothing, as for a mantissa of 0.
    """
    right = max(1 - multiplier.shift, 0)
    return multiplier.mantissa > 0 and count << right <= 1 << 30
