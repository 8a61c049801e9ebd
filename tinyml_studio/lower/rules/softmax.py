"""Softmax over the last axis: TFLite's fixed-point kernels on a fixed grid, or float32."""

from __future__ import annotations

from tinyml_studio.arith.inttype import INT16
from tinyml_studio.arith.multiplier import Multiplier, quantize_multiplier
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.lower.rules.float32_softmax import emit_float32_softmax
from tinyml_studio.lower.rules.requantize import requantize
from tinyml_studio.lower.tables.radius import input_radius
from tinyml_studio.lower.tables.softmax16 import EXP_TABLE, RECIPROCAL_TABLE
from tinyml_studio.program.instructions import Softmax, Softmax16, Transpose
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.quantize.fixed_outputs import softmax_grid

_INTEGER_BITS = 5  # differences are scaled to Q5.26
_EXP_RANGE = 10.0  # exp(-10) counts as nothing in the 16-bit kernel


def lower_softmax(layer: Layer) -> None:
    """One instruction; another axis than the last is brought there and back."""
    op = layer.op(ops.Softmax)
    source = layer.input()
    grid = layer.fixed(*softmax_grid(source.type.bits, layer.choice.activation_bits))
    if grid.bits == INT16.bits:
        grid = layer.in_digits_of_file(grid)
    last = len(source.shape) - 1
    if op.axis == last:
        _emit_softmax(layer, source, layer.output(grid))
        return
    perm = (*(axis for axis in range(last + 1) if axis != op.axis), op.axis)
    back = tuple(perm.index(axis) for axis in range(last + 1))
    shape = tuple(source.shape[axis] for axis in perm)
    moved, result = layer.scratch(shape, Grid.of(source)), layer.scratch(shape, grid)
    output = layer.output(grid)
    name = layer.node.name
    layer.emit(Transpose(layer=name, inputs=(source.name,), output=moved.name, perm=perm))
    _emit_softmax(layer, moved, result)
    layer.emit(Transpose(layer=name, inputs=(result.name,), output=output.name, perm=back))


def _emit_softmax(layer: Layer, source: QuantizedTensor, output: QuantizedTensor) -> None:
    """Emit the kernel, and a change of grid behind it where the output is not on the kernel's."""
    if layer.setting.arithmetic.is_float32:
        emit_float32_softmax(layer, source, output)
        return
    grid = Grid(*softmax_grid(source.type.bits, output.type.bits))
    if Grid.of(output) == grid or (output.type == INT16 and Grid.of(output).is_near(grid)):
        _emit_kernel(layer, source, output)
        return
    shares = layer.scratch(output.shape, grid)
    _emit_kernel(layer, source, shares)
    requantize(layer, shares, output)


def _emit_kernel(layer: Layer, source: QuantizedTensor, output: QuantizedTensor) -> None:
    scale = source.scale * layer.op(ops.Softmax).beta
    if source.type == INT16:
        layer.emit(
            Softmax16(
                layer=layer.node.name,
                inputs=(source.name,),
                output=output.name,
                multiplier=layer.multiplier(scale / (_EXP_RANGE / 65535.0)),
                exp_table=EXP_TABLE,
                reciprocal_table=RECIPROCAL_TABLE,
            )
        )
        return
    once = layer.setting.arithmetic.rounding is not Rounding.DOUBLE
    multiplier = difference_multiplier(scale, largest_shift=30 if once else 31)
    layer.emit(
        Softmax(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            multiplier=multiplier,
            diff_min=-input_radius(_INTEGER_BITS, multiplier.shift),
        )
    )


def difference_multiplier(scale: float, *, largest_shift: int = 31) -> Multiplier:
    """What scales an integer difference to Q5.26, between 1 and ``2**largest_shift - 1``.

    One rounding takes shifts up to 30. A scale below 2**-26 makes every difference nothing either
    way. Source: ``PreprocessSoftmaxScaling`` of TFLite.
    """
    real = min(max(scale * (1 << (31 - _INTEGER_BITS)), 1.0), (1 << largest_shift) - 1.0)
    fraction = quantize_multiplier(real / 2.0)  # 2**31 - 1 has a shift of 31
    return Multiplier(fraction.mantissa, fraction.shift + 1)
