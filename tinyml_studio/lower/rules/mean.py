"""Mean: over axes of the sample, with 1/n folded into the multiplier."""

from __future__ import annotations

from math import prod

from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Layer
from tinyml_studio.program.instructions import Mean


def lower_mean(layer: Layer) -> None:
    """One instruction with a grid of its own."""
    op = layer.op(ops.Mean)
    source, output = layer.input(), layer.output(layer.calibrated())
    count = prod(source.shape[axis] for axis in op.axes)
    layer.emit(
        Mean(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            axes=op.axes,
            multiplier=fold_count(layer.multiplier(source.scale / output.scale), count),
            low=output.type.min,
            high=output.type.max,
        )
    )


def fold_count(multiplier: Multiplier, count: int) -> Multiplier:
    """The multiplier divided by `count`, with as many bits kept as int64 allows.

    Source: ``QuantizedMeanOrSum`` of TFLite's reference reduce kernel.
    """
    left = min(count.bit_length() - 1, 32, 31 + multiplier.shift)
    return Multiplier((multiplier.mantissa << left) // count, multiplier.shift - left)
