"""A small network by hand: convolution, depthwise, pooling, fully connected, softmax."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.reference.model import run_reference
from tinyml_studio.arith.inttype import INT8, IntArray, IntType
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.profile import TFLM
from tinyml_studio.program.instructions import (
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Instruction,
    Mean,
    Softmax,
)
from tinyml_studio.program.program import Program, QuantizedTensor


def small_program(
    names: tuple[str, ...] = ("conv", "depthwise", "mean", "dense", "softmax"), *, bits: int = 8
) -> Program:
    """Five layers of the given names on an image of 6 x 5 x 2."""
    rng = np.random.default_rng(7)
    shapes = {"x": (6, 5, 2), "a": (3, 3, 4), "b": (3, 3, 4), "c": (4,), "d": (3,), "y": (3,)}
    zeros = {"y": -128}
    tensors = {
        key: QuantizedTensor(key, shape, INT8, 1 / 16, zeros.get(key, 3))
        for key, shape in shapes.items()
    }
    tensors["y"] = replace(tensors["y"], scale=1 / 256)
    items = (
        Conv2D(
            names[0], ("x",), "a", weights=_weights(rng, (4, 3, 3, 2), bits), groups=1,
            strides=(2, 2), pads=((0, 1), (1, 1)), dilations=(1, 1), **_weighted(rng, 4, bits),
        ),
        DepthwiseConv2D(
            names[1], ("a",), "b", weights=_weights(rng, (3, 3, 4), bits), strides=(1, 1),
            pads=((1, 1), (1, 1)), dilations=(1, 1), **_weighted(rng, 4, bits),
        ),
        Mean(names[2], ("b",), "c", axes=(0, 1), multiplier=Multiplier(1 << 30, 0), low=-128,
             high=127),
        FullyConnected(
            names[3], ("c",), "d", weights=_weights(rng, (3, 4), bits), **_weighted(rng, 3, bits)
        ),
        Softmax(names[4], ("d",), "y", multiplier=Multiplier(1 << 30, 23), diff_min=-248),
    )  # fmt: skip
    return Program("small", TFLM, tensors, {}, ("x",), ("y",), items)


def small_values(program: Program, *, count: int = 3) -> dict[str, IntArray]:
    """Random inputs and what the plain Python model makes of them."""
    rng = np.random.default_rng(11)
    values: dict[str, IntArray] = {
        name: rng.integers(-128, 128, (count, *program.tensors[name].shape)).astype(np.int8)
        for name in program.inputs
    }
    for item in program.instructions:
        values[item.output] = run_reference(program, item, values)
    return values


def with_instruction(program: Program, index: int, **changes: object) -> Program:
    """The same program with another value in one instruction."""
    items: list[Instruction] = list(program.instructions)
    items[index] = replace(items[index], **changes)
    return replace(program, instructions=tuple(items))


def _weights(rng: np.random.Generator, shape: tuple[int, ...], bits: int) -> IntArray:
    type_ = IntType(bits)
    drawn = rng.integers(type_.min, type_.max + 1, shape).astype(np.int8)
    return np.where(drawn >= 0, 1, -1).astype(np.int8) if bits == 1 else drawn


def _weighted(rng: np.random.Generator, channels: int, bits: int) -> dict[str, object]:
    return {
        "weight_type": IntType(bits),
        "bias": rng.integers(-500, 500, channels),
        "multiplier": np.full(channels, 3 << 29, np.int32),
        "shift": np.full(channels, min(-bits, -4), np.int32),
        "low": -128,
        "high": 127,
    }
