"""Every instruction in plain Python, behind one call that mirrors `run_instruction`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tests.reference import (
    elementwise,
    float32,
    movement,
    normalization,
    products,
    recurrent,
    softmax,
    transposed,
    windows,
)
from tests.reference.sample import Sample
from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.program import instructions as ops
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program, QuantizedTensor

Model = Callable[[Any, list[Sample], QuantizedTensor], list[int]]

MODELS: Mapping[type[Instruction], Model] = {
    ops.Conv2D: windows.conv2d,
    ops.DepthwiseConv2D: windows.depthwise_conv2d,
    ops.TransposeConv2D: transposed.transpose_conv2d,
    ops.FullyConnected: windows.fully_connected,
    ops.FullyConnectedReal: windows.fully_connected_real,
    ops.MaxPool2D: windows.max_pool2d,
    ops.AveragePool2D: windows.average_pool2d,
    ops.Mean: elementwise.mean,
    ops.Prod: products.prod,
    ops.ArgMax: elementwise.arg_max,
    ops.Add: elementwise.add,
    ops.Mul: elementwise.mul,
    ops.Div: elementwise.div,
    ops.SquaredDifference: elementwise.squared_difference,
    ops.BatchMatMul: products.batch_matmul,
    ops.Extremum: elementwise.extremum,
    ops.Requantize: elementwise.requantize,
    ops.Lookup: elementwise.lookup,
    ops.Interpolate: elementwise.interpolate,
    ops.Piecewise: elementwise.piecewise,
    ops.Logistic16: elementwise.logistic16,
    ops.LeakyRelu: elementwise.leaky_relu,
    ops.PRelu: elementwise.prelu,
    ops.Softmax: softmax.softmax,
    ops.LogSoftmax: softmax.log_softmax,
    ops.L2Normalization: normalization.l2_normalization,
    ops.Softmax16: softmax.softmax16,
    ops.Concat: movement.concat,
    ops.Slice: movement.slice_,
    ops.Pad: movement.pad,
    ops.Gather: movement.gather,
    ops.ResizeBilinear: movement.resize_bilinear,
    ops.ResizeBilinearFloat32: movement.resize_bilinear_float32,
    ops.Transpose: movement.transpose,
    ops.Reshape: movement.reshape,
    ops.Lstm: recurrent.lstm,
    ops.Gru: recurrent.gru,
    ops.Svdf: recurrent.svdf,
    ops.StreamBuffer: recurrent.stream_buffer,
    ops.AddFloat32: float32.add,
    ops.MulFloat32: float32.mul,
    ops.DivFloat32: float32.div,
    ops.RequantizeFloat32: float32.requantize,
    ops.AveragePoolFloat32: float32.average_pool,
    ops.SoftmaxFloat32: float32.softmax,
}


def run_reference(
    program: Program, instruction: Instruction, values: Mapping[str, IntArray]
) -> IntArray:
    """The output of one instruction, ``(N, *shape)``, computed with Python ints only."""
    output = program.tensors[instruction.output]
    count = next(len(values[name]) for name in instruction.inputs if name in values)
    model = MODELS[type(instruction)]
    rows = []
    for n in range(count):
        operands = [_sample(program, name, values, n) for name in instruction.inputs]
        row = model(instruction, operands, output)
        assert len(row) == output.size
        assert all(output.type.min <= value <= output.type.max for value in row)
        rows.append(row)
    result: IntArray = np.array(rows, output.type.carrier).reshape(count, *output.shape)
    return result


def _sample(program: Program, name: str, values: Mapping[str, IntArray], n: int) -> Sample:
    tensor = program.tensors[name]
    data = values[name][n] if name in values else program.constants[name]
    return Sample(tensor.shape, data.reshape(-1).tolist(), tensor.zero_point, tensor.type.bits)
