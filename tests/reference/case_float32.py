"""Random operators that are computed in float32."""

from __future__ import annotations

import numpy as np

from tests.reference import draw
from tests.reference.case_maps import any_shape, binary, softmax_shape
from tests.reference.case_windows import random_window
from tests.reference.draw import Rng
from tests.reference.parts import Parts
from tinyml_studio.arith.float32 import fused, rounded
from tinyml_studio.program.instructions import (
    AddFloat32,
    AveragePoolFloat32,
    DivFloat32,
    MulFloat32,
    RequantizeFloat32,
    SoftmaxFloat32,
)
from tinyml_studio.program.program import QuantizedTensor


def add(rng: Rng) -> Parts:
    a, b, y, constants = binary(rng)
    first, second = _ratio(rng, draw.reach(a), y), _ratio(rng, draw.reach(b), y)
    second *= -1 if draw.chance(rng, 0.4) else 1
    origin = draw.pick(rng, 0, 0, 128, 2**15)
    zero_a, zero_b = a.zero_point + origin, b.zero_point + origin
    zeros = fused(zero_a, first, rounded(zero_b * second))
    low, high = draw.limits(rng, y)
    instruction = AddFloat32(
        layer="layer", inputs=("a", "b"), output="y", ratio_a=first, ratio_b=second,
        offset=rounded(y.zero_point + origin - zeros), low=low, high=high, origin=origin,
    )  # fmt: skip
    return Parts(instruction, (a, b), y, constants)


def mul(rng: Rng) -> Parts:
    a, b, y, constants = binary(rng)
    low, high = draw.limits(rng, y)
    ratio = _ratio(rng, draw.reach(a) * draw.reach(b), y)
    instruction = MulFloat32(
        layer="layer", inputs=("a", "b"), output="y", ratio=ratio, low=low, high=high,
        origin=draw.pick(rng, 0, 0, 128, 2**15),
    )  # fmt: skip
    return Parts(instruction, (a, b), y, constants)


def div(rng: Rng) -> Parts:
    a, b, y, constants = binary(rng)
    low, high = draw.limits(rng, y)
    powers = draw.chance(rng, 0.4)
    scales = [2.0 ** draw.below(rng, -12, 2) if powers else _scale(rng) for _ in range(2)]
    share = 2.0 ** draw.below(rng, -y.type.bits, 1) if powers else rng.uniform(0.001, 1.0)
    item = DivFloat32(
        layer="layer", inputs=("a", "b"), output="y", scale_a=scales[0], scale_b=scales[1],
        out_scale=rounded(scales[0] / scales[1] * share),
        undefined=draw.pick(rng, y.type.min, y.zero_point), low=low, high=high,
    )  # fmt: skip
    return Parts(item, (a, b), y, constants)


def requantize(rng: Rng) -> Parts:
    x = _wide(rng, "x", any_shape(rng, draw.below(rng, 1, 3)))
    y = draw.tensor(rng, "y", x.shape, draw.activation_bits(rng))
    out_scale = _scale(rng)
    low, high = draw.limits(rng, y)
    slope = 1.0 if draw.chance(rng, 0.5) else rounded(rng.uniform(-1.5, 1.5))
    instruction = RequantizeFloat32(
        layer="layer", inputs=("x",), output="y", slope=slope, out_scale=out_scale,
        scale=rounded(_ratio(rng, draw.reach(x), y) * out_scale), low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def average_pool(rng: Rng) -> Parts:
    window = random_window(rng, dilated=False)
    channels = draw.below(rng, 1, 5)
    x = draw.tensor(rng, "x", window.shape(window.extent, channels), draw.activation_bits(rng))
    shape = window.shape(window.result, channels)
    y = draw.tensor(rng, "y", shape, draw.activation_bits(rng))
    out_scale = _scale(rng)
    scale = out_scale if draw.chance(rng, 0.3) else _ratio(rng, draw.reach(x), y) * out_scale
    low, high = draw.limits(rng, y)
    instruction = AveragePoolFloat32(
        layer="layer", inputs=("x",), output="y", kernel=window.kernel, strides=window.strides,
        pads=window.pads, scale=rounded(scale), out_scale=out_scale, low=low, high=high,
        origin=draw.pick(rng, 0, 0, 128, 2**15),
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def softmax(rng: Rng) -> Parts:
    shape = softmax_shape(rng)
    x = draw.tensor(rng, "x", shape, draw.pick(rng, 4, 8, 8, 16))
    y = draw.tensor(rng, "y", shape, draw.activation_bits(rng))
    scale = 2.0 ** rng.uniform(-12, 1) * 2.0 ** (8 - x.type.bits)
    places = np.arange(256 if x.type.bits == 16 else 1 << x.type.bits)
    step = 256 if x.type.bits == 16 else 1
    top = rng.uniform(0, 60) if x.type.bits < 16 else 0.0
    instruction = SoftmaxFloat32(
        layer="layer", inputs=("x",), output="y",
        coarse=np.exp(top - places * scale * step).astype(np.float32),
        fine=np.exp(-np.arange(step) * scale).astype(np.float32),
        steps=float(y.type.max - y.type.min + draw.below(rng, 0, 1)),
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def _ratio(rng: Rng, reach: int, y: QuantizedTensor) -> float:
    """A float32 factor that takes values within +-reach to about the output's range."""
    if draw.chance(rng, 0.2):
        return 2.0 ** draw.below(rng, -3, 1)  # ties
    span = y.type.max - y.type.min
    return rounded(span / reach * 2.0 ** rng.uniform(-4, 2))


def _scale(rng: Rng) -> float:
    return rounded(2.0 ** rng.uniform(-20, 3))


def _wide(rng: Rng, name: str, shape: tuple[int, ...]) -> QuantizedTensor:
    """16 bits with any zero point."""
    zero_point = draw.pick(rng, 0, 0, -(2**15), draw.below(rng, -(2**15), 2**15 - 1))
    return draw.tensor(rng, name, shape, 16, zero_point=zero_point)
