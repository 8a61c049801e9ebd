"""What Sigmoid and Tanh share with a 16-bit input: TFLite's interpolating kernel."""

from __future__ import annotations

from tinyml_studio.arith.inttype import INT16
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.lower.rules.requantize import on_grid, requantize
from tinyml_studio.lower.tables.logistic16 import SIGMOID_TABLE, InputFactor, input_factor
from tinyml_studio.program.instructions import Logistic16
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.quantize.grids import exact_scale

_KERNEL_OUTPUT = Grid(INT16.bits, 2.0**-15, 0)
_WIDE_SCALE = 2.0**-11  # covers [-16, 16), where both functions are saturated
_WIDEST_SCALE = 2.0  # that the kernel reads
_MOST_FINER = 2.0**14  # what a requantization of 16 bits can shift left


def emit_logistic16(
    layer: Layer, source: QuantizedTensor, output: QuantizedTensor, *, tanh: bool
) -> None:
    """Emit the kernel, with a change of grid before and behind it where it needs one.

    The kernel reads zero point 0 and scales up to 2.6 and writes 16 bits.
    """
    factor = input_factor(source.scale, tanh=tanh)
    if factor is None:
        scale = min(max(_WIDE_SCALE, source.scale / _MOST_FINER), _WIDEST_SCALE)
        source = on_grid(layer, source, Grid(INT16.bits, exact_scale(scale), 0))
    elif source.zero_point != 0:
        # twice the scale holds the whole range around a zero point of 0
        source = on_grid(layer, source, Grid(INT16.bits, 2.0 * source.scale, 0))
    factor = input_factor(source.scale, tanh=tanh) or InputFactor(0, 0)
    direct = Grid.of(output) == _KERNEL_OUTPUT
    result = output if direct else layer.scratch(output.shape, _KERNEL_OUTPUT)
    layer.emit(
        Logistic16(
            layer=layer.node.name,
            inputs=(source.name,),
            output=result.name,
            tanh=tanh,
            multiplier=factor.multiplier,
            shift=factor.shift,
            table=SIGMOID_TABLE,
        )
    )
    if not direct:
        requantize(layer, result, output)
