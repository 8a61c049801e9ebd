"""Which function writes the calls of which instruction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit.call import KernelCall
from tinyml_studio.emit.calls.add import add
from tinyml_studio.emit.calls.add_float32 import add_float32
from tinyml_studio.emit.calls.arg_max import arg_max
from tinyml_studio.emit.calls.average_pool2d import average_pool2d
from tinyml_studio.emit.calls.average_pool_float32 import average_pool_float32
from tinyml_studio.emit.calls.batch_matmul import batch_matmul
from tinyml_studio.emit.calls.concat import concat
from tinyml_studio.emit.calls.conv2d import conv2d
from tinyml_studio.emit.calls.depthwise_conv2d import depthwise_conv2d
from tinyml_studio.emit.calls.div import div
from tinyml_studio.emit.calls.div_float32 import div_float32
from tinyml_studio.emit.calls.extremum import extremum
from tinyml_studio.emit.calls.fully_connected import fully_connected
from tinyml_studio.emit.calls.fully_connected_real import fully_connected_real
from tinyml_studio.emit.calls.gather import gather
from tinyml_studio.emit.calls.gru import gru
from tinyml_studio.emit.calls.helium import with_helium
from tinyml_studio.emit.calls.interpolate import interpolate
from tinyml_studio.emit.calls.known import known_calls
from tinyml_studio.emit.calls.l2_normalization import l2_normalization
from tinyml_studio.emit.calls.leaky_relu import leaky_relu
from tinyml_studio.emit.calls.log_softmax import log_softmax
from tinyml_studio.emit.calls.logistic16 import logistic16
from tinyml_studio.emit.calls.lookup import lookup
from tinyml_studio.emit.calls.lstm import lstm
from tinyml_studio.emit.calls.max_pool2d import max_pool2d
from tinyml_studio.emit.calls.mean import mean
from tinyml_studio.emit.calls.mul import mul
from tinyml_studio.emit.calls.mul_float32 import mul_float32
from tinyml_studio.emit.calls.pad import pad
from tinyml_studio.emit.calls.piecewise import piecewise
from tinyml_studio.emit.calls.prelu import prelu
from tinyml_studio.emit.calls.prod import prod
from tinyml_studio.emit.calls.requantize import requantize
from tinyml_studio.emit.calls.requantize_float32 import requantize_float32
from tinyml_studio.emit.calls.reshape import reshape
from tinyml_studio.emit.calls.resize_bilinear import resize_bilinear
from tinyml_studio.emit.calls.resize_bilinear_float32 import resize_bilinear_float32
from tinyml_studio.emit.calls.slice import slice_
from tinyml_studio.emit.calls.softmax import softmax
from tinyml_studio.emit.calls.softmax16 import softmax16
from tinyml_studio.emit.calls.softmax_float32 import softmax_float32
from tinyml_studio.emit.calls.squared_difference import squared_difference
from tinyml_studio.emit.calls.stream_buffer import stream_buffer
from tinyml_studio.emit.calls.svdf import svdf
from tinyml_studio.emit.calls.transpose import transpose
from tinyml_studio.emit.calls.transpose_conv2d import transpose_conv2d
from tinyml_studio.program import instructions as ops
from tinyml_studio.program.instructions import Instruction, Rounded
from tinyml_studio.program.program import Program

CallWriter = Callable[[Any, Program], tuple[KernelCall, ...]]

CALL_WRITERS: Mapping[type[Instruction], CallWriter] = MappingProxyType(
    {
        ops.Conv2D: conv2d,
        ops.DepthwiseConv2D: depthwise_conv2d,
        ops.TransposeConv2D: transpose_conv2d,
        ops.FullyConnected: fully_connected,
        ops.FullyConnectedReal: fully_connected_real,
        ops.MaxPool2D: max_pool2d,
        ops.AveragePool2D: average_pool2d,
        ops.Mean: mean,
        ops.ArgMax: arg_max,
        ops.Prod: prod,
        ops.Add: add,
        ops.Mul: mul,
        ops.Div: div,
        ops.SquaredDifference: squared_difference,
        ops.BatchMatMul: batch_matmul,
        ops.Extremum: extremum,
        ops.Requantize: requantize,
        ops.Lookup: lookup,
        ops.Interpolate: interpolate,
        ops.Piecewise: piecewise,
        ops.Logistic16: logistic16,
        ops.LeakyRelu: leaky_relu,
        ops.PRelu: prelu,
        ops.Softmax: softmax,
        ops.LogSoftmax: log_softmax,
        ops.L2Normalization: l2_normalization,
        ops.Softmax16: softmax16,
        ops.Concat: concat,
        ops.Slice: slice_,
        ops.Pad: pad,
        ops.Gather: gather,
        ops.ResizeBilinear: resize_bilinear,
        ops.ResizeBilinearFloat32: resize_bilinear_float32,
        ops.Transpose: transpose,
        ops.Reshape: reshape,
        ops.AddFloat32: add_float32,
        ops.MulFloat32: mul_float32,
        ops.DivFloat32: div_float32,
        ops.RequantizeFloat32: requantize_float32,
        ops.AveragePoolFloat32: average_pool_float32,
        ops.SoftmaxFloat32: softmax_float32,
        ops.Lstm: lstm,
        ops.Gru: gru,
        ops.Svdf: svdf,
        ops.StreamBuffer: stream_buffer,
    }
)


@known_calls
def calls_of(
    instruction: Instruction, program: Program, *, scratch: bool = False
) -> tuple[KernelCall, ...]:
    """The kernel calls of one instruction, in order, with its rounding.

    `scratch` says that the instruction has the scratch memory that it would like to have.
    """
    if scratch and isinstance(instruction, ops.Conv2D):
        calls = conv2d(instruction, program, scratch=True)
    else:
        calls = CALL_WRITERS[type(instruction)](instruction, program)
    if len(calls) == 1:
        calls = (with_helium(calls[0], instruction, program, scratch=scratch),)
    if not isinstance(instruction, Rounded):
        return calls
    return tuple(_rounded(one, instruction.rounding) for one in calls)


def _rounded(call: KernelCall, rounding: Rounding) -> KernelCall:
    """The call with a rounding, on every core."""
    helium = call.helium and _rounded(call.helium, rounding)
    return replace(call, binding=replace(call.binding, rounding=rounding), helium=helium)
