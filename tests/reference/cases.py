"""Random programs of one instruction with inputs: for the kernels, and for the C.

``random_case(rng, Conv2D)`` gives a `Case`; the same seed gives the same case. Every case keeps
within the bounds that hold for a lowered program: accumulators fit their type, ``x << shift`` fits
int32, int16 activations have zero point 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from tests.reference import (
    case_float32,
    case_maps,
    case_moves,
    case_products,
    case_recurrent,
    case_transposed,
    case_windows,
)
from tests.reference.draw import Rng, values
from tests.reference.parts import Parts
from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.profile import TFLM
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.program import instructions as ops
from tinyml_studio.program.instructions import ROUNDED, Instruction
from tinyml_studio.program.program import Program


@dataclass(frozen=True, eq=False)
class Case:
    """A program of one instruction, and values for its inputs, ``(N, *shape)`` by name."""

    program: Program
    inputs: Mapping[str, IntArray]

    @property
    def instruction(self) -> Instruction:
        """The one instruction."""
        return self.program.instructions[0]


FLOAT32_MULTIPLIED = (
    ops.Conv2D,
    ops.DepthwiseConv2D,
    ops.TransposeConv2D,
    ops.FullyConnected,
    ops.BatchMatMul,
    ops.Mean,
)
"""Kinds that occur with `Rounding.FLOAT32`."""

BUILDERS: Mapping[type[Instruction], Callable[[Rng], Parts]] = {
    ops.Conv2D: case_windows.conv2d,
    ops.DepthwiseConv2D: case_windows.depthwise_conv2d,
    ops.TransposeConv2D: case_transposed.transpose_conv2d,
    ops.FullyConnected: case_windows.fully_connected,
    ops.FullyConnectedReal: case_windows.fully_connected_real,
    ops.MaxPool2D: case_windows.max_pool2d,
    ops.AveragePool2D: case_windows.average_pool2d,
    ops.Mean: case_maps.mean,
    ops.Prod: case_products.prod,
    ops.ArgMax: case_products.arg_max,
    ops.LogSoftmax: case_products.log_softmax,
    ops.L2Normalization: case_products.l2_normalization,
    ops.Add: case_maps.add,
    ops.Mul: case_maps.mul,
    ops.Div: case_maps.div,
    ops.SquaredDifference: case_maps.squared_difference,
    ops.BatchMatMul: case_products.batch_matmul,
    ops.Extremum: case_products.extremum,
    ops.Requantize: case_maps.requantize,
    ops.Lookup: case_maps.lookup,
    ops.Interpolate: case_maps.interpolate,
    ops.Piecewise: case_maps.piecewise,
    ops.Logistic16: case_maps.logistic16,
    ops.LeakyRelu: case_maps.leaky_relu,
    ops.PRelu: case_maps.prelu,
    ops.Softmax: case_maps.softmax,
    ops.Softmax16: case_maps.softmax16,
    ops.Concat: case_moves.concat,
    ops.Slice: case_moves.slice_,
    ops.Pad: case_moves.pad,
    ops.Gather: case_moves.gather,
    ops.ResizeBilinear: case_moves.resize_bilinear,
    ops.ResizeBilinearFloat32: case_moves.resize_bilinear_float32,
    ops.Transpose: case_moves.transpose,
    ops.Reshape: case_moves.reshape,
    ops.Lstm: case_recurrent.lstm,
    ops.Gru: case_recurrent.gru,
    ops.Svdf: case_recurrent.svdf,
    ops.StreamBuffer: case_recurrent.stream_buffer,
    ops.AddFloat32: case_float32.add,
    ops.MulFloat32: case_float32.mul,
    ops.DivFloat32: case_float32.div,
    ops.RequantizeFloat32: case_float32.requantize,
    ops.AveragePoolFloat32: case_float32.average_pool,
    ops.SoftmaxFloat32: case_float32.softmax,
}


def random_case(
    rng: Rng, kind: type[Instruction], *, samples: int = 2, rounding: Rounding | None = None
) -> Case:
    """A random case of one kind of instruction, with `samples` samples per input.

    A `rounding` replaces the instruction's own, where it has one; a mean may then divide.
    """
    return case_of(BUILDERS[kind](rng), rng, samples=samples, rounding=rounding)


def case_of(parts: Parts, rng: Rng, *, samples: int = 2, rounding: Rounding | None = None) -> Case:
    """A program of one instruction, with random samples."""
    if rounding is not None:
        parts = replace(parts, instruction=rounded_by(parts.instruction, rounding, rng))
    inputs = tuple(item for item in parts.operands if item.name not in parts.constants)
    program = Program(
        name="case",
        arithmetic=TFLM,
        tensors={item.name: item for item in (*parts.operands, parts.output, *parts.own)},
        constants=parts.constants,
        inputs=tuple(item.name for item in inputs),
        outputs=(parts.output.name,),
        instructions=(parts.instruction,),
    )
    return Case(program, {item.name: values(rng, item, samples) for item in inputs})


def rounded_by(item: Instruction, rounding: Rounding, rng: Rng) -> Instruction:
    """The instruction with another rounding."""
    if rounding is Rounding.FLOAT32:
        return with_float32_factors(item)
    if isinstance(item, ops.Mean) and rng.random() < 0.5:
        power = Multiplier(1 << 30, max(item.multiplier.shift, -23))
        item = replace(item, multiplier=power, divisor=int(rng.integers(2, 40)))
    return replace(item, rounding=rounding) if isinstance(item, ROUNDED) else item


def by_powers_of_two(parts: Parts) -> Parts:
    """The instruction with multipliers that are powers of two, as of the profiles ``pow2``."""
    item = parts.instruction
    if isinstance(item, ops.Add):
        scales = {
            name: Multiplier(1 << 30, getattr(item, name).shift)
            for name in ("multiplier_a", "multiplier_b", "multiplier_out")
        }
        return replace(parts, instruction=replace(item, **scales))
    powers = np.where(item.multiplier == 0, 0, 1 << 30).astype(np.int32)
    return replace(parts, instruction=replace(item, multiplier=powers))


def with_float32_factors(item: Instruction) -> Instruction:
    """The instruction with multipliers of 24 bits, under `Rounding.FLOAT32`."""
    if isinstance(item, ops.Mean | ops.BatchMatMul):
        mantissa, shift = item.multiplier
        factor = Multiplier(mantissa & -128, shift)
        return replace(item, multiplier=factor, rounding=Rounding.FLOAT32)
    if isinstance(item, ops.PRelu):
        factors = [
            Multiplier(one.mantissa & -128, one.shift) for one in (item.identity, item.alpha)
        ]
        return replace(item, identity=factors[0], alpha=factors[1], rounding=Rounding.FLOAT32)
    if isinstance(item, FLOAT32_MULTIPLIED):
        return replace(item, multiplier=item.multiplier & -128, rounding=Rounding.FLOAT32)
    return item


def seeded_case(seed: int, kind: type[Instruction], rounding: Rounding | None = None) -> Case:
    """The case of one seed."""
    return random_case(np.random.default_rng(seed), kind, rounding=rounding)
