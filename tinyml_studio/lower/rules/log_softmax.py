"""LogSoftmax: TFLite's fixed-point kernel, over the last axis, on a fixed grid."""

from __future__ import annotations

import math

from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.lower.rules.softmax import difference_multiplier
from tinyml_studio.lower.tables.radius import input_radius
from tinyml_studio.program.instructions import LogSoftmax
from tinyml_studio.quantize.fixed_outputs import log_softmax_grid

_INTEGER_BITS = 5  # differences are scaled to Q5.26
_FRACTION_BITS = 26
_MOST = 4096  # exponentials whose sum Q12.19 holds


def lower_log_softmax(layer: Layer) -> None:
    """One instruction, for inputs of every width; TFLite's is that of 8 bits."""
    layer.op(ops.LogSoftmax)
    source = layer.input()
    if layer.setting.arithmetic.is_float32:
        layer.refuse(
            f"the arithmetic {layer.setting.arithmetic.name} has no integers for it: ONNX Runtime "
            "computes it with real numbers alone",
            hint="choose the arithmetic tflm",
        )
    if source.shape[-1] > _MOST:
        layer.refuse(f"it sums {source.shape[-1]} exponentials, and the sum holds {_MOST}")
    bits, scale, zero_point = log_softmax_grid(layer.choice.activation_bits)
    if layer.setting.arithmetic.powers_of_two and zero_point != 0:
        scale, zero_point = 2.0 * scale, 0
    output = layer.output(Grid(bits, scale, zero_point))
    once = layer.setting.arithmetic.rounding is not Rounding.DOUBLE
    multiplier = difference_multiplier(source.scale, largest_shift=30 if once else 31)
    layer.emit(
        LogSoftmax(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            multiplier=multiplier,
            diff_min=-input_radius(_INTEGER_BITS, multiplier.shift),
            drop=_FRACTION_BITS + round(math.log2(scale)),
        )
    )
