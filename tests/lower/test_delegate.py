"""The layers that LiteRT on a desktop hands on to XNNPACK, and how those add and scale."""

import math

import numpy as np
import pytest

from tests.lower.networks import conv, floats, network, one_layer, run
from tinyml_studio.arith.profile import LITERT, XNNPACK
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.ir import ops


def lowered(op, *shapes, bits="w8a8"):
    return one_layer(op, *shapes).lower(bits, arithmetic=XNNPACK)


@pytest.mark.parametrize("op", [conv(3, (2, 2), 4), ops.Dense(floats(3, 4), floats(3))])
def test_layers_of_8_bits_multiply_in_float32(op):
    shape = (5, 5, 4) if isinstance(op, ops.Conv) else (4,)
    assert lowered(op, shape).instructions[-1].rounding is Rounding.FLOAT32


@pytest.mark.parametrize("bits", ["w8a16", "w4a8"])
def test_convolutions_of_other_widths_stay_with_litert(bits):
    net = one_layer(conv(3, (2, 2), 4), (5, 5, 4))
    for made, own in zip(
        net.lower(bits, arithmetic=XNNPACK).instructions,
        net.lower(bits, arithmetic=LITERT).instructions,
        strict=True,
    ):
        assert made.rounding is own.rounding is Rounding.DOUBLE


def test_functions_stay_with_litert():
    made, own = (
        one_layer(ops.Softmax(0), (9,)).lower(arithmetic=held).instructions[-1]
        for held in (XNNPACK, LITERT)
    )
    assert type(made) is type(own)
    assert made.rounding is own.rounding


@pytest.mark.parametrize("subtract", [False, True])
@pytest.mark.parametrize("scale", [1.0, 0.003, 40.0])
def test_sums_have_factors_of_21_bits_and_one_shift(subtract, scale):
    op = ops.Sub() if subtract else ops.Add()
    nodes = [
        ("wide", ops.Mul(), ("x0", "factor"), ("a",)),
        ("sum", op, ("a", "x1"), ("y",)),
    ]
    factor = np.full((1,), scale, np.float32)
    net = network(nodes, [(40,), (40,)], constants={"factor": factor}, count=8)
    program = net.lower(arithmetic=XNNPACK)
    a, b, y = (program.tensors[name] for name in ("a", "x1", "y"))
    rng = np.random.default_rng(3)
    inputs = [rng.integers(-128, 128, (50, 40)).astype(np.int8) for _ in range(2)]
    found = run(program, inputs)
    ratios = [np.float32(np.float32(held.scale) / np.float32(y.scale)) for held in (a, b)]
    shift = 20 - math.floor(math.log2(max(ratios)))
    one, other = (round(math.ldexp(float(ratio), shift)) for ratio in ratios)
    assert 1 << 20 <= max(one, other) <= 1 << 21
    first = (found["a"].astype(np.int64) - a.zero_point) * one
    second = (inputs[1].astype(np.int64) - b.zero_point) * (-other if subtract else other)
    wanted = (first + second + (1 << shift - 1) >> shift) + y.zero_point
    np.testing.assert_array_equal(found["y"], np.clip(wanted, -128, 127))


def test_slopes_are_whole_256ths():
    program = lowered(ops.LeakyRelu(0.1), (256,))
    x, y = (program.tensors[name] for name in ("x0", "y"))
    values = np.arange(-128, 128, dtype=np.int8)[None]
    ratio = np.float32(x.scale) / np.float32(y.scale)
    centred = values.astype(np.int64) - x.zero_point
    slope = np.float32(ratio * np.float32(0.1))
    factors = np.where(centred < 0, np.rint(256 * slope), np.rint(256 * ratio)).astype(np.int64)
    wanted = np.clip((centred * factors + 128 >> 8) + y.zero_point, -128, 127)
    np.testing.assert_array_equal(run(program, [values])["y"], wanted)
