"""Convolutions as calls of CMSIS-NN."""

from __future__ import annotations

from collections.abc import Callable

from tinyml_studio.arith.inttype import IntType
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import (
    KernelCall,
    Operand,
    Parameters,
    Result,
    Scratch,
    Table,
    Value,
    integer_table,
    weight_table,
)
from tinyml_studio.emit.cmsis import buffers
from tinyml_studio.emit.cmsis.buffers import Filter
from tinyml_studio.emit.cmsis.checks import activation_bits, check_rounding, check_weights, refuse
from tinyml_studio.emit.geometry import image_shape, window_geometry
from tinyml_studio.program.instructions import Conv2D, DepthwiseConv2D, FullyConnected
from tinyml_studio.program.program import Program


def conv2d(item: Conv2D, program: Program, *, helium: bool) -> KernelCall:
    """One call of ``arm_convolve_wrapper_s8``, ``_s4`` or ``_s16``."""
    kind = checked_kind(item, program)
    _, height, width, channels = item.weights.shape
    if item.groups > 1 and kind != "s8":
        refuse(item, "groups of channels take 8-bit weights and 8-bit activations there")
    held = _filter(item, program, (height, width), channels * item.groups)
    if helium and kind != "s16" and item.groups == 1 and _is_odd_row(item, program, held):
        refuse(item, "on cores with Helium a row is not padded more before than behind there")
    sizes: dict[str, Callable[..., int]] = {
        "s8": buffers.convolution_s8,
        "s4": buffers.convolution_s4,
        "s16": buffers.convolution_s16,
    }
    values = {
        "geometry": window_geometry(program, item, (height, width), item.dilations),
        "filter_channels": channels,
        **weighted_members(item, program),
        "buffer_bytes": sizes[kind](held, helium=helium),
    }
    return weighted_call(item, program, f"tms_cmsis_conv_{kind}", "tms_cmsis_conv_t", values)


def depthwise(item: DepthwiseConv2D, program: Program, *, helium: bool) -> KernelCall:
    """One call of ``arm_depthwise_conv_wrapper_s8``, ``_s4`` or ``_s16``."""
    kind = checked_kind(item, program)
    height, width, outputs = item.weights.shape
    channels = image_shape(program.tensors[item.inputs[0]].shape)[2]
    held = _filter(item, program, (height, width), channels)
    if kind == "s4":
        _check_narrow_depthwise(item, held, outputs, helium=helium)
    sizes: dict[str, Callable[..., int]] = {
        "s8": buffers.depthwise_s8,
        "s4": buffers.depthwise_s4,
        "s16": buffers.depthwise_s16,
    }
    values = {
        "geometry": window_geometry(program, item, (height, width), item.dilations),
        "channel_multiplier": outputs // channels,
        **weighted_members(item, program),
        "buffer_bytes": sizes[kind](held, outputs, helium=helium),
    }
    name = f"tms_cmsis_depthwise_{kind}"
    return weighted_call(item, program, name, "tms_cmsis_depthwise_t", values)


def _is_odd_row(item: Conv2D, program: Program, held: Filter) -> bool:
    """Whether Helium's convolution along a row takes the padding for another than it is.

    It takes as much behind as before, or one more where the sum of both is odd.
    """
    along = image_shape(program.tensors[item.inputs[0]].shape)[0] == held.height == 1
    words = (held.strides[1] * held.channels) % 4 == 0
    if not along or not words or held.dilations[1] != 1 or held.is_pointwise:
        return False
    padding = (held.output_width - 1) * held.strides[1] + held.width - held.input_width
    if padding < 0:
        return held.pads[1] != 0 or padding % 2 != 0
    return padding // 2 != held.pads[1]


def _check_narrow_depthwise(
    item: DepthwiseConv2D, held: Filter, outputs: int, *, helium: bool
) -> None:
    """CMSIS-NN's other integers for 4-bit weights are refused, which random layers have shown."""
    if helium:
        refuse(item, "on cores with Helium depthwise weights have 8 bits there, not 4")
    if outputs != held.channels:
        refuse(item, "4-bit depthwise weights take one output channel for each input channel there")
    if held.dilations != (1, 1) and held.channels % 2:
        refuse(item, "4-bit dilated depthwise weights take an even number of channels there")


def checked_kind(item: Conv2D | DepthwiseConv2D | FullyConnected, program: Program) -> str:
    """``s8``, ``s4`` or ``s16``; refuses all other widths."""
    check_rounding(item, item.rounding)
    bits = activation_bits(program, item)
    check_weights(item, item.weight_type, bits=(8, 4) if bits == 8 else (8,))
    if item.narrow:
        refuse(item, "a 32-bit bias of 16-bit activations is not written for it")
    if bits == 8 and not -(1 << 31) <= int(item.bias.min()) <= int(item.bias.max()) < 1 << 31:
        refuse(item, "its bias takes more than 32 bits")
    if bits == 16:
        return "s16"
    return "s8" if item.weight_type.bits == 8 else "s4"


def weighted_members(
    item: Conv2D | DepthwiseConv2D | FullyConnected, program: Program
) -> dict[str, Value]:
    """The members that all three structures have."""
    return {
        "input_offset": -program.tensors[item.inputs[0]].zero_point,
        "output_offset": program.tensors[item.output].zero_point,
        "low": item.low,
        "high": item.high,
        "weights": _weights(item),
        "bias": integer_table("bias", item.bias, _bias_type(item, program)),
        "multiplier": integer_table("multiplier", item.multiplier, IntType(32)),
        "shift": integer_table("shift", item.shift, IntType(32)),
    }


def weighted_call(
    item: Conv2D | DepthwiseConv2D | FullyConnected,
    program: Program,
    kernel: str,
    struct: str,
    values: dict[str, Value],
) -> KernelCall:
    """The call with its structure, tensors and buffer."""
    arguments = (
        Parameters(struct, values), Operand(item.inputs[0]), Result(item.output), Scratch(),
    )  # fmt: skip
    return KernelCall(kernel, Binding(bias=_bias_type(item, program)), arguments)


def _bias_type(item: Conv2D | DepthwiseConv2D | FullyConnected, program: Program) -> IntType:
    return IntType(64 if program.tensors[item.inputs[0]].type.bits == 16 else 32)


def _weights(item: Conv2D | DepthwiseConv2D | FullyConnected) -> Table:
    """As CMSIS-NN declares them: int8, also where a byte holds two of four bits."""
    held = weight_table(item.weights, item.weight_type)
    return Table(held.role, "int8_t", held.data, aligned=True)


def _filter(
    item: Conv2D | DepthwiseConv2D, program: Program, kernel: tuple[int, int], channels: int
) -> Filter:
    return Filter(
        height=kernel[0],
        width=kernel[1],
        channels=channels,
        strides=item.strides,
        dilations=item.dilations,
        pads=(item.pads[0][0], item.pads[1][0]),
        input_width=image_shape(program.tensors[item.inputs[0]].shape)[1],
        output_width=image_shape(program.tensors[item.output].shape)[1],
    )
