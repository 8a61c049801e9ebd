"""Quantized SVDFs and LSTMs with their variable tensors."""

from __future__ import annotations

import numpy as np

from tests.formats.tflite.flatbuffers_encoder import Scalar
from tests.formats.tflite.models import ModelFile

INPUT = {"scale": 0.05, "zero": 3}


def random(shape, high, seed):
    return np.random.default_rng(seed).integers(-high, high + 1, shape)


def svdf(*, rank=2, bits=16, state_zero=0):
    """12 features of 5 inputs over 4 steps."""
    file = ModelFile()
    kind = f"int{bits}"
    x = file.tensor((1, 5), scale=0.05, zero=3)
    high = 127 if bits == 8 else 8000
    time_scale, state_scale = (0.004, 0.6) if bits == 8 else (0.0001, 0.0008)
    units = 12 // rank
    operands = [
        x,
        file.tensor((12, 5), data=random((12, 5), 127, 1), scale=0.01),
        file.tensor((12, 4), kind, data=random((12, 4), high, 2), scale=time_scale),
        file.tensor(
            (units,), "int32", data=random((units,), 90000 if bits == 16 else 50, 3),
            scale=time_scale * state_scale,
        ),
        file.tensor((1, 48), kind, scale=state_scale, zero=state_zero, variable=True),
    ]  # fmt: skip
    y = file.tensor((1, units), scale=0.05, zero=-128)
    options = {0: Scalar("<i4", rank), 1: Scalar("i1", 1)}
    file.operator("SVDF", operands, [y], options)
    file.inputs, file.outputs = [x], [y]
    return file


def lstm(*, options=None, without=(), given=(), cell_scale=2.0**-12, state_zero=4, clip=10.0):
    """6 units on 5 steps of 7 inputs; `without` and `given` leave out or add operands."""
    file = ModelFile()
    x = file.tensor((1, 5, 7), **INPUT)
    scales = np.linspace(0.006, 0.011, 8)
    operands = [x]
    for index, scale in enumerate(scales):
        shape = (6, 7) if index < 4 else (6, 6)
        operands.append(file.tensor(shape, data=random(shape, 127, index), scale=scale))
    operands += [-1, -1, -1]
    for index in range(4):
        bias = random((6,), 1500, 20 + index)
        operands.append(file.tensor((6,), "int32", data=bias, scale=0.05 * scales[index]))
    operands += [-1, -1]
    output = {"scale": 0.0078, "zero": 4}
    operands.append(file.tensor((1, 6), scale=0.0078, zero=state_zero, variable=True))
    operands.append(file.tensor((1, 6), "int16", scale=cell_scale, variable=True))
    operands += [-1] * 4
    for index in without:
        operands[index] = -1
    for index in given:
        operands[index] = file.tensor((6,), "int16", data=random((6,), 9, 3), scale=0.1)
    y = file.tensor((1, 5, 6), **output)
    inside = [file.tensor((), "int16", scale=2.0**-12) for _ in range(4)]
    inside.append(file.tensor((), **output))
    stated = {0: Scalar("i1", 4), 1: Scalar("<f4", clip), 3: Scalar("u1", 0)} | (options or {})
    file.operator("UNIDIRECTIONAL_SEQUENCE_LSTM", operands, [y], stated, intermediates=inside)
    file.inputs, file.outputs = [x], [y]
    return file


def real_lstm():
    """The same in real numbers."""
    file = ModelFile()
    x = file.tensor((1, 5, 7), "float32")
    draw = np.random.default_rng(4)
    operands = [x]
    for index in range(8):
        shape = (6, 7) if index < 4 else (6, 6)
        operands.append(file.tensor(shape, "float32", data=draw.normal(size=shape) * 0.5))
    operands += [-1, -1, -1]
    operands += [file.tensor((6,), "float32", data=draw.normal(size=6)) for _ in range(4)]
    operands += [-1, -1]
    operands += [file.tensor((1, 6), "float32", variable=True) for _ in range(2)]
    operands += [-1] * 4
    y = file.tensor((1, 5, 6), "float32")
    options = {0: Scalar("i1", 4)}
    file.operator("UNIDIRECTIONAL_SEQUENCE_LSTM", operands, [y], options)
    file.inputs, file.outputs = [x], [y]
    return file
