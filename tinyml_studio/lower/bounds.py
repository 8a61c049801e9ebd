"""Worst cases of the accumulators, from the real weights: nothing may overflow on the chip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import singledispatch
from math import prod

import numpy as np

from tinyml_studio.arith.inttype import INT16, Int32Array, Int64Array, IntArray
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.errors import SchemeError
from tinyml_studio.program.instructions import (
    Add,
    AveragePool2D,
    BatchMatMul,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    FullyConnectedReal,
    Gated,
    Instruction,
    LeakyRelu,
    Mean,
    Mul,
    MulFloat32,
    PRelu,
    Requantize,
    SquaredDifference,
    Svdf,
    TransposeConv2D,
)
from tinyml_studio.program.program import Program, QuantizedTensor

ACCUMULATOR_BITS = 32
WIDE_BITS = 48
"""With a 16-bit input TFLite's requantization takes accumulators within +-2**47."""

Tensors = Mapping[str, QuantizedTensor]
Constants = Mapping[str, IntArray]
Weighted = Conv2D | DepthwiseConv2D | TransposeConv2D | FullyConnected | FullyConnectedReal


@dataclass(frozen=True, slots=True)
class AccumulatorBound:
    """The largest intermediate value of an instruction.

    Parameters
    ----------
    layer, operator
        Where it occurs.
    worst
        Largest magnitude before requantization, over all channels and all inputs.
    bits
        Bits that a signed integer needs for it, left shifts included.
    limit
        Bits that there are.
    """

    layer: str
    operator: str
    worst: int
    bits: int
    limit: int


def accumulator_bound(instruction: Instruction, program: Program) -> Int64Array:
    """Worst-case magnitude of the accumulator, ``(channels,)`` or ``(1,)``.

    ``sum |w| * max |x - zero point| + |bias|`` for each output channel of a convolution or fully
    connected layer, which holds for every partial sum in any order too; for Add the sum of both
    rescaled operands, for Mul their product, for Mean the sum. ``(0,)``-shaped for instructions
    that accumulate nothing.
    """
    return _bound(instruction, program.tensors, program.constants)


def check_accumulators(program: Program) -> tuple[AccumulatorBound, ...]:
    """The bound of every instruction that accumulates, in order.

    Raises
    ------
    SchemeError
        If one does not fit; names the layer and the bits that it needs.
    """
    return check_instructions(program.instructions, program.tensors, program.constants)


def check_instructions(
    instructions: Iterable[Instruction], tensors: Tensors, constants: Constants
) -> tuple[AccumulatorBound, ...]:
    """As `check_accumulators`, for some instructions of a program."""
    found = []
    for instruction in instructions:
        worst = _bound(instruction, tensors, constants)
        if worst.size == 0:
            continue
        shifts = np.broadcast_to(_left_shifts(instruction, tensors), worst.shape)
        bound = AccumulatorBound(
            layer=instruction.layer,
            operator=type(instruction).__name__,
            worst=int(worst.max()),
            bits=_signed_bits(worst, shifts),
            limit=_limit(instruction, tensors),
        )
        if bound.bits > bound.limit:
            raise SchemeError(
                f"The layer {bound.layer} ({bound.operator}) could overflow its accumulator",
                detail=f"it needs {bound.bits} bits and there are {bound.limit}",
                hint="use fewer bits, or a wider range for its output",
            )
        found.append(bound)
    return tuple(found)


@singledispatch
def _bound(instruction: Instruction, tensors: Tensors, constants: Constants) -> Int64Array:
    """Instructions that accumulate nothing."""
    del instruction, tensors, constants
    return np.zeros(0, np.int64)


def _reach(name: str, tensors: Tensors, constants: Constants) -> int:
    """Largest ``|x - zero point|``: of a constant's values, else of the whole type."""
    tensor = tensors[name]
    if name in constants:
        centred = constants[name].astype(np.int64) - tensor.zero_point
        return int(np.abs(centred).max(initial=0))
    return max(tensor.type.max - tensor.zero_point, tensor.zero_point - tensor.type.min)


@_bound.register
def _weighted(item: Weighted, tensors: Tensors, constants: Constants) -> Int64Array:
    """Convolutions and fully connected layers; the channel is first, last where depthwise."""
    weights = np.abs(item.weights.astype(np.int64))
    channel = weights.ndim - 1 if isinstance(item, DepthwiseConv2D) else 0
    sums = weights.sum(axis=tuple(axis for axis in range(weights.ndim) if axis != channel))
    reach = _reach(item.inputs[0], tensors, constants)
    return np.asarray(sums * reach + np.abs(item.bias))


@_bound.register
def _gated(item: Gated, tensors: Tensors, constants: Constants) -> Int64Array:
    """Every gate of every unit with the input, then with the output of the step before."""
    reaches = [_reach(name, tensors, constants) for name in (item.inputs[0], item.output)]
    parts = ((item.input_weights, item.bias), (item.hidden_weights, item.hidden_bias))
    bounds = [
        np.abs(weights.astype(np.int64)).sum(axis=-1) * reach + np.abs(bias)
        for (weights, bias), reach in zip(parts, reaches, strict=True)
    ]
    return np.concatenate([bound.reshape(-1) for bound in bounds])


@_bound.register
def _svdf(item: Svdf, tensors: Tensors, constants: Constants) -> Int64Array:
    """The features; the sums over them may wrap."""
    sums = np.abs(item.feature_weights.astype(np.int64)).sum(axis=1)
    return np.asarray(sums * _reach(item.inputs[0], tensors, constants))


@_bound.register
def _add(item: Add, tensors: Tensors, constants: Constants) -> Int64Array:
    """Each operand after its left shift, and the sum of both after their multipliers."""
    reaches, scaled = _rescaled(item, tensors, constants)
    return np.array([max(*reaches, sum(scaled))], np.int64)


@_bound.register
def _squared(item: SquaredDifference, tensors: Tensors, constants: Constants) -> Int64Array:
    """As `_add`, and the square of the sum."""
    reaches, scaled = _rescaled(item, tensors, constants)
    return np.array([max(*reaches, sum(scaled) ** 2)], np.int64)


def _rescaled(
    item: Add | SquaredDifference, tensors: Tensors, constants: Constants
) -> tuple[list[int], list[int]]:
    """Both operands after their left shift, and after their multipliers."""
    reaches = [_reach(name, tensors, constants) << item.left_shift for name in item.inputs]
    factors = (item.multiplier_a, item.multiplier_b)
    scaled = [
        ((reach * factor.mantissa) >> (31 - factor.shift)) + 1
        for reach, factor in zip(reaches, factors, strict=True)
    ]
    return reaches, scaled


@_bound.register
def _matmul(item: BatchMatMul, tensors: Tensors, constants: Constants) -> Int64Array:
    depth = tensors[item.inputs[0]].shape[-2 if item.adj_x else -1]
    return np.array(
        [depth * prod(_reach(name, tensors, constants) for name in item.inputs)], np.int64
    )


@_bound.register
def _mul(item: Mul, tensors: Tensors, constants: Constants) -> Int64Array:
    return np.array([prod(_reach(name, tensors, constants) for name in item.inputs)], np.int64)


@_bound.register
def _two_slopes(item: LeakyRelu | PRelu, tensors: Tensors, constants: Constants) -> Int64Array:
    """Of a value as it is, and of one times its slope."""
    alone, *slope = (_reach(name, tensors, constants) for name in item.inputs)
    return np.array([alone, alone * prod(slope)], np.int64)


@_bound.register
def _mean(item: Mean, tensors: Tensors, constants: Constants) -> Int64Array:
    shape = tensors[item.inputs[0]].shape
    count = prod(shape[axis] for axis in item.axes)
    return np.array([count * _reach(item.inputs[0], tensors, constants)], np.int64)


@_bound.register
def _mul_float32(item: MulFloat32, tensors: Tensors, constants: Constants) -> Int64Array:
    return np.array([prod(_reach(name, tensors, constants) for name in item.inputs)], np.int64)


@_bound.register
def _average_pool(item: AveragePool2D, tensors: Tensors, constants: Constants) -> Int64Array:
    del constants
    kind = tensors[item.inputs[0]].type
    count = prod(item.kernel)
    return np.array([count * -kind.min + count // 2], np.int64)


@_bound.register
def _single(item: Requantize, tensors: Tensors, constants: Constants) -> Int64Array:
    return np.array([_reach(item.inputs[0], tensors, constants)], np.int64)


def _signed_bits(worst: Int64Array, shifts: Int32Array) -> int:
    """Bits of the largest magnitude after its left shift, and the sign."""
    pairs = zip(worst.tolist(), shifts.tolist(), strict=True)
    return 1 + max(int(value << shift).bit_length() for value, shift in pairs)


def _left_shifts(item: Instruction, tensors: Tensors) -> Int32Array:
    """What the requantization shifts the accumulator left by, before it multiplies.

    The requantization of 64-bit accumulators multiplies first, and so does that in float32.
    """
    shifts = np.zeros(1, np.int32)
    if getattr(item, "rounding", None) is Rounding.FLOAT32 or _is_wide(item, tensors):
        return shifts
    if isinstance(item, Weighted) and not isinstance(item, FullyConnectedReal):
        shifts = item.shift
    elif isinstance(item, Mul | Mean | Requantize | BatchMatMul):
        shifts = np.array([item.multiplier.shift], np.int32)
    elif isinstance(item, Gated):
        units = item.bias.shape[1]
        shifts = np.repeat(np.concatenate([item.input_shift, item.hidden_shift]), units)
    elif isinstance(item, Svdf):
        shifts = np.array([item.feature_multiplier.shift], np.int32)
    elif isinstance(item, LeakyRelu | PRelu):
        shifts = np.array([item.identity.shift, item.alpha.shift], np.int32)
    elif isinstance(item, Add | SquaredDifference):
        shifts = np.array([item.multiplier_out.shift], np.int32)
    return np.maximum(shifts, 0)


def _limit(item: Instruction, tensors: Tensors) -> int:
    wide = isinstance(item, MulFloat32) or _is_wide(item, tensors)
    return WIDE_BITS if wide else ACCUMULATOR_BITS


def _is_wide(item: Instruction, tensors: Tensors) -> bool:
    """Whether the accumulator has 64 bits."""
    if isinstance(item, Weighted) and item.narrow:
        return False
    return isinstance(item, Weighted | BatchMatMul) and tensors[item.inputs[0]].type == INT16
