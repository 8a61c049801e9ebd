"""A quantized network of several layers, as a converter makes it."""

from __future__ import annotations

import numpy as np

from tests.formats.tflite.flatbuffers_encoder import Scalar
from tests.formats.tflite.models import ModelFile


def image_network(kind: str = "int8") -> ModelFile:
    """Convolution, convolution of one scale, dense and softmax; uint8 where `kind` says so."""
    file, offset = ModelFile(), 128 if kind == "uint8" else 0

    def activation(shape, scale, zero):
        return file.tensor(shape, kind, scale=scale, zero=zero + offset)

    def weights(shape, scale, seed, source_scale):
        generator = np.random.default_rng(seed)
        data = generator.integers(-127, 128, shape)
        held = file.tensor(shape, "int8", data=data, scale=scale)
        bias = generator.integers(-2000, 2000, shape[0])
        scales = np.float32(source_scale) * np.float32(scale)
        return [held, file.tensor((shape[0],), "int32", data=bias, scale=scales)]

    x = activation((1, 6, 6, 2), 0.04, -5)
    first = activation((1, 6, 6, 4), 0.06, -128)
    second = activation((1, 3, 3, 4), 0.08, 7)
    logits = activation((1, 3), 0.15, 11)
    shares = activation((1, 3), 2.0**-8, -128)
    options = {0: Scalar("i1", 0), 1: Scalar("<i4", 1), 2: Scalar("<i4", 1), 3: Scalar("i1", 1)}
    kernel = weights((4, 3, 3, 2), np.linspace(0.005, 0.02, 4), 1, 0.04)
    file.operator("CONV_2D", [x, *kernel], [first], options)
    options = {0: Scalar("i1", 0), 1: Scalar("<i4", 2), 2: Scalar("<i4", 2)}
    kernel = weights((4, 3, 3, 4), 0.01, 2, 0.06)
    file.operator("CONV_2D", [first, *kernel], [second], options)
    dense = weights((3, 36), 0.011, 3, 0.08)
    file.operator("FULLY_CONNECTED", [second, *dense], [logits], {0: Scalar("i1", 0)})
    file.operator("SOFTMAX", [logits], [shares], {0: Scalar("<f4", 1.0)})
    file.inputs, file.outputs = [x], [shares]
    return file
