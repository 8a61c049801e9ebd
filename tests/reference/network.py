"""A small integer network of six layers: convolutions with a residual sum, pool, classifier."""

from __future__ import annotations

import numpy as np

from tests.reference import draw
from tinyml_studio.arith.inttype import INT8
from tinyml_studio.arith.multiplier import Multiplier, quantize_multiplier
from tinyml_studio.arith.profile import TFLM
from tinyml_studio.program import instructions as ops
from tinyml_studio.program.program import Program, QuantizedTensor

CHANNELS, EXTENT, CLASSES = 4, 6, 3


def residual_network(seed: int = 0) -> Program:
    """``x -> entry -> deep -> join(entry, deep) -> pool -> flat -> scores``, all of 8 bits."""
    rng = np.random.default_rng(seed)
    image = (EXTENT, EXTENT, CHANNELS)
    shapes = {
        "x": (EXTENT, EXTENT, 2), "entry": image, "deep": image, "join": image,
        "pool": (2, 2, CHANNELS), "flat": (4 * CHANNELS,), "scores": (CLASSES,),
    }  # fmt: skip
    points = {"x": 3, "entry": -128, "deep": 7, "join": -20, "pool": -20, "flat": -20, "scores": 1}
    tensors = {
        name: QuantizedTensor(name, shape, INT8, 0.5, points[name])
        for name, shape in shapes.items()
    }
    instructions = (
        _conv(rng, "entry", "x", 2),
        _conv(rng, "deep", "entry", CHANNELS),
        _add(),
        ops.MaxPool2D(
            layer="pool", inputs=("join",), output="pool", kernel=(3, 3), strides=(3, 3),
            pads=((0, 0), (0, 0)), low=-128, high=127,
        ),
        ops.Reshape(layer="flat", inputs=("pool",), output="flat"),
        _dense(rng),
    )  # fmt: skip
    return Program("residual", TFLM, tensors, {}, ("x",), ("scores",), instructions)


def _conv(rng: draw.Rng, name: str, source: str, depth: int) -> ops.Conv2D:
    factor = quantize_multiplier(2.0 / (127 * depth))
    return ops.Conv2D(
        layer=name, inputs=(source,), output=name, weight_type=INT8,
        weights=rng.integers(-127, 128, (CHANNELS, 3, 3, depth)).astype(np.int8),
        bias=rng.integers(-1000, 1000, CHANNELS), strides=(1, 1), pads=((1, 1), (1, 1)),
        dilations=(1, 1), groups=1, multiplier=np.full(CHANNELS, factor.mantissa, np.int32),
        shift=np.full(CHANNELS, factor.shift, np.int32), low=-128, high=127,
    )  # fmt: skip


def _add() -> ops.Add:
    return ops.Add(
        layer="join", inputs=("entry", "deep"), output="join", subtract=False, left_shift=20,
        multiplier_a=Multiplier(1 << 30, 0), multiplier_b=quantize_multiplier(0.41),
        multiplier_out=quantize_multiplier(1.3 * 2.0**-20), low=-128, high=127,
    )  # fmt: skip


def _dense(rng: draw.Rng) -> ops.FullyConnected:
    factor = quantize_multiplier(0.003)
    return ops.FullyConnected(
        layer="scores", inputs=("flat",), output="scores", weight_type=INT8,
        weights=rng.integers(-127, 128, (CLASSES, 4 * CHANNELS)).astype(np.int8),
        bias=rng.integers(-1000, 1000, CLASSES),
        multiplier=np.full(CLASSES, factor.mantissa, np.int32),
        shift=np.full(CLASSES, factor.shift, np.int32), low=-128, high=127,
    )  # fmt: skip
