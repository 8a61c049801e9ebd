"""Which kernel runs which instruction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.add import add
from tinyml_studio.kernels.add_float32 import add_float32
from tinyml_studio.kernels.arg_max import arg_max
from tinyml_studio.kernels.average_pool2d import average_pool2d
from tinyml_studio.kernels.average_pool_float32 import average_pool_float32
from tinyml_studio.kernels.batch_matmul import batch_matmul
from tinyml_studio.kernels.concat import concat
from tinyml_studio.kernels.conv2d import conv2d
from tinyml_studio.kernels.depthwise_conv2d import depthwise_conv2d
from tinyml_studio.kernels.div import div
from tinyml_studio.kernels.div_float32 import div_float32
from tinyml_studio.kernels.extremum import extremum
from tinyml_studio.kernels.fully_connected import fully_connected
from tinyml_studio.kernels.fully_connected_real import fully_connected_real
from tinyml_studio.kernels.gather import gather
from tinyml_studio.kernels.gru import gru
from tinyml_studio.kernels.interpolate import interpolate
from tinyml_studio.kernels.l2_normalization import l2_normalization
from tinyml_studio.kernels.leaky_relu import leaky_relu
from tinyml_studio.kernels.log_softmax import log_softmax
from tinyml_studio.kernels.logistic16 import logistic16
from tinyml_studio.kernels.lookup import lookup
from tinyml_studio.kernels.lstm import lstm, lstm_stream
from tinyml_studio.kernels.max_pool2d import max_pool2d
from tinyml_studio.kernels.mean import mean
from tinyml_studio.kernels.mul import mul
from tinyml_studio.kernels.mul_float32 import mul_float32
from tinyml_studio.kernels.pad import pad
from tinyml_studio.kernels.piecewise import piecewise
from tinyml_studio.kernels.prelu import prelu
from tinyml_studio.kernels.prod import prod
from tinyml_studio.kernels.requantize import requantize
from tinyml_studio.kernels.requantize_float32 import requantize_float32
from tinyml_studio.kernels.reshape import reshape
from tinyml_studio.kernels.resize_bilinear import resize_bilinear
from tinyml_studio.kernels.resize_bilinear_float32 import resize_bilinear_float32
from tinyml_studio.kernels.slice import slice_values
from tinyml_studio.kernels.softmax import softmax
from tinyml_studio.kernels.softmax16 import softmax16
from tinyml_studio.kernels.softmax_float32 import softmax_float32
from tinyml_studio.kernels.squared_difference import squared_difference
from tinyml_studio.kernels.states import States
from tinyml_studio.kernels.stream_buffer import stream_buffer, stream_buffer_stream
from tinyml_studio.kernels.svdf import svdf, svdf_stream
from tinyml_studio.kernels.transpose import transpose
from tinyml_studio.kernels.transpose_conv2d import transpose_conv2d
from tinyml_studio.program import instructions as ops
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program, QuantizedTensor


class Kernel(Protocol):
    """One instruction for a batch; a pure function of its arguments."""

    def __call__(
        self,
        item: Any,  # noqa: ANN401 - each kernel takes its own instruction
        operands: Sequence[Activation],
        output: QuantizedTensor,
        /,
    ) -> Activation:
        """Compute `item` from its operands, constants with N = 1 among them."""


KERNELS: Mapping[type[Instruction], Kernel] = {
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
    ops.Softmax16: softmax16,
    ops.L2Normalization: l2_normalization,
    ops.Concat: concat,
    ops.Slice: slice_values,
    ops.Pad: pad,
    ops.Gather: gather,
    ops.ResizeBilinear: resize_bilinear,
    ops.ResizeBilinearFloat32: resize_bilinear_float32,
    ops.Transpose: transpose,
    ops.Reshape: reshape,
    ops.Lstm: lstm,
    ops.Gru: gru,
    ops.Svdf: svdf,
    ops.StreamBuffer: stream_buffer,
    ops.AddFloat32: add_float32,
    ops.MulFloat32: mul_float32,
    ops.DivFloat32: div_float32,
    ops.RequantizeFloat32: requantize_float32,
    ops.AveragePoolFloat32: average_pool_float32,
    ops.SoftmaxFloat32: softmax_float32,
}


class StreamKernel(Protocol):
    """One instruction for samples that follow each other, from a state to a state."""

    def __call__(
        self,
        item: Any,  # noqa: ANN401 - each kernel takes its own instruction
        operands: Sequence[Activation],
        output: QuantizedTensor,
        states: States,
        /,
    ) -> Activation:
        """Compute `item` and bring its states in `states` up to date."""


STREAM_KERNELS: Mapping[type[Instruction], StreamKernel] = {
    ops.Lstm: lstm_stream,
    ops.Svdf: svdf_stream,
    ops.StreamBuffer: stream_buffer_stream,
}
"""Kernels of the instructions that can have states."""


def execute(
    program: Program,
    instruction: Instruction,
    activations: Mapping[str, Activation],
    states: States | None = None,
) -> Activation:
    """Run one instruction on activations by tensor name; constants come from the program.

    With `states` the samples follow each other, without every one begins after a reset.
    """
    operands = [
        activations[name] if name in activations else constant(program, name)
        for name in instruction.inputs
    ]
    output = program.tensors[instruction.output]
    if states is not None and instruction.states:
        return STREAM_KERNELS[type(instruction)](instruction, operands, output, states)
    return KERNELS[type(instruction)](instruction, operands, output)


def run_instruction(
    program: Program, instruction: Instruction, values: Mapping[str, IntArray]
) -> IntArray:
    """The output of one instruction for a batch, exact to the last bit.

    Parameters
    ----------
    program, instruction
        The instruction, and the program whose tensors and constants it names.
    values
        Inputs by tensor name, ``(N, *shape)`` in the carrier type; constants may be left out.

    Returns
    -------
    IntArray
        ``(N, *shape)`` in the carrier type of the output tensor.
    """
    activations = {
        name: Activation(program.tensors[name], integers=values[name])
        for name in instruction.inputs
        if name in values
    }
    return execute(program, instruction, activations).integers


def constant(program: Program, name: str) -> Activation:
    """A constant operand as a batch of one."""
    return Activation(program.tensors[name], integers=program.constants[name][None])
