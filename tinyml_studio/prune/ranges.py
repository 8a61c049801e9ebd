"""Which values every element of every tensor can take: interval arithmetic on the real kernels.

Every rule runs the layer's own kernel on the ends of its operands' intervals, so that the ends of
the result are those integers that the chip would give. An element whose interval has one value is
constant for every input.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import singledispatch
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import Int64Array, IntArray
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.registry import KERNELS
from tinyml_studio.program import instructions as ops
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program, QuantizedTensor
from tinyml_studio.progress import in_turns


@dataclass(frozen=True, eq=False)
class Range:
    """The smallest and the largest integer of each element of one sample.

    Parameters
    ----------
    low, high
        ``(*shape)`` each, in the carrier type.
    """

    low: IntArray
    high: IntArray

    @property
    def ends(self) -> IntArray:
        """Both as a batch of two, ``(2, *shape)``."""
        return np.stack([self.low, self.high])

    @property
    def fixed(self) -> NDArray[np.bool_]:
        """Elements that have one value, ``(*shape)``."""
        return np.asarray(self.low == self.high)

    def equals(self, other: Range) -> bool:
        """Whether every element has the same ends."""
        return self is other or (
            np.array_equal(self.low, other.low) and np.array_equal(self.high, other.high)
        )


Ranges = Mapping[str, Range]
Operand = tuple[QuantizedTensor, Range]


@dataclass(frozen=True, slots=True)
class _Known:
    """The range of an instruction's output between some tensors, for some ranges of operands."""

    operands: tuple[Operand, ...]
    output: QuantizedTensor
    range_: Range

    def fits(self, operands: list[Operand], output: QuantizedTensor) -> bool:
        """Whether it is the range for these."""
        return self.output == output and all(
            tensor == other and held.equals(range_)
            for (tensor, held), (other, range_) in zip(self.operands, operands, strict=True)
        )


_KEPT = 2  # of an instruction: before and after an edit in front of it
_KNOWN: WeakKeyDictionary[Instruction, list[_Known]] = WeakKeyDictionary()


def value_ranges(program: Program) -> Ranges:
    """The range of every tensor for any input of the inputs' types."""
    ranges = {name: whole(program.tensors[name]) for name in program.inputs}
    ranges |= {name: Range(values, values) for name, values in program.constants.items()}
    for item in in_turns(program.instructions):
        operands = [(program.tensors[name], ranges[name]) for name in item.inputs]
        ranges[item.output] = _known_range(item, operands, program.tensors[item.output])
    return ranges


def _known_range(item: Instruction, operands: list[Operand], output: QuantizedTensor) -> Range:
    """The range of an output; what an edit before did not change is not computed again."""
    known = _KNOWN.setdefault(item, [])
    for held in known:
        if held.fits(operands, output):
            return held.range_
    made = _range(item, operands, output)
    known.append(_Known(tuple(operands), output, made))
    del known[:-_KEPT]
    return made


def whole(tensor: QuantizedTensor) -> Range:
    """Every integer of the tensor's type."""
    carrier = tensor.type.carrier
    return Range(
        np.full(tensor.shape, tensor.type.min, carrier),
        np.full(tensor.shape, tensor.type.max, carrier),
    )


@singledispatch
def _range(item: Instruction, operands: list[Operand], output: QuantizedTensor) -> Range:
    """Anything may come out, unless a rule below knows better."""
    del item, operands
    return whole(output)


@_range.register(ops.MaxPool2D)
@_range.register(ops.AveragePool2D)
@_range.register(ops.Mean)
@_range.register(ops.Requantize)
@_range.register(ops.Concat)
@_range.register(ops.Slice)
@_range.register(ops.Pad)
@_range.register(ops.Transpose)
@_range.register(ops.Reshape)
def _rising(item: Instruction, operands: list[Operand], output: QuantizedTensor) -> Range:
    """Operators whose result never falls when an operand rises: ends give ends."""
    return _of(_run(item, [(tensor, held.ends) for tensor, held in operands], output))


@_range.register
def _sum(item: ops.Add, operands: list[Operand], output: QuantizedTensor) -> Range:
    """A difference falls when its second operand rises."""
    (first, a), (second, b) = operands
    ends = b.ends[::-1] if item.subtract else b.ends
    return _of(_run(item, [(first, a.ends), (second, ends)], output))


@_range.register
def _product(item: ops.Mul, operands: list[Operand], output: QuantizedTensor) -> Range:
    """A product is smallest and largest at two of the four corners."""
    (first, a), (second, b) = operands
    corners_a = np.stack([a.low, a.low, a.high, a.high])
    corners_b = np.stack([b.low, b.high, b.low, b.high])
    made = _run(item, [(first, corners_a), (second, corners_b)], output)
    return Range(made.min(axis=0), made.max(axis=0))


@_range.register(ops.Lookup)
@_range.register(ops.Interpolate)
@_range.register(ops.Piecewise)
@_range.register(ops.Logistic16)
@_range.register(ops.LeakyRelu)
def _function(item: Instruction, operands: list[Operand], output: QuantizedTensor) -> Range:
    """A function that may rise and fall: one value gives one, an interval gives anything."""
    ((tensor, held),) = operands
    made = _run(item, [(tensor, held.ends)], output)
    anything = whole(output)
    fixed = held.fixed.reshape(output.shape)
    return Range(np.where(fixed, made[0], anything.low), np.where(fixed, made[0], anything.high))


@_range.register(ops.Conv2D)
@_range.register(ops.DepthwiseConv2D)
def _convolution(
    item: ops.Conv2D | ops.DepthwiseConv2D, operands: list[Operand], output: QuantizedTensor
) -> Range:
    """Positive weights take the upper end for the upper end, negative ones the lower end.

    Both in one convolution: the channels of a group are followed by the same once more, which the
    negative weights read.
    """
    ((tensor, held),) = operands
    conv = item if isinstance(item, ops.Conv2D) else _as_grouped(item, tensor)
    twice = _twice(tensor)
    both = replace(conv, weights=_halves(conv.weights))
    upper = _interleaved(held.high, held.low, conv.groups)
    lower = _interleaved(held.low, held.high, conv.groups)
    return _of(_run(both, [(twice, np.stack([lower, upper]))], output))


@_range.register
def _dense(item: ops.FullyConnected, operands: list[Operand], output: QuantizedTensor) -> Range:
    ((tensor, held),) = operands
    both = replace(item, weights=_halves(item.weights))
    upper = _interleaved(held.high, held.low, 1)
    lower = _interleaved(held.low, held.high, 1)
    return _of(_run(both, [(_twice(tensor), np.stack([lower, upper]))], output))


def _as_grouped(item: ops.DepthwiseConv2D, x: QuantizedTensor) -> ops.Conv2D:
    """A depthwise convolution as one with a group for each input channel."""
    shared = {member.name: getattr(item, member.name) for member in fields(item)}
    weights = np.ascontiguousarray(item.weights.transpose(2, 0, 1))[..., None]
    return ops.Conv2D(**{**shared, "weights": weights, "groups": x.shape[-1]})


def _halves(weights: IntArray) -> IntArray:
    """Positive and negative parts one after the other along the last axis."""
    return np.concatenate([np.maximum(weights, 0), np.minimum(weights, 0)], axis=-1)


def _interleaved(first: IntArray, second: IntArray, groups: int) -> IntArray:
    """``(..., C)`` twice to ``(..., 2 C)``: of each group the first, then the second."""
    *outer, channels = first.shape
    split = (*outer, groups, channels // groups)
    joined = np.concatenate([first.reshape(split), second.reshape(split)], axis=-1)
    return joined.reshape(*outer, 2 * channels)


def _twice(tensor: QuantizedTensor) -> QuantizedTensor:
    """A tensor with every channel twice."""
    return replace(tensor, shape=(*tensor.shape[:-1], 2 * tensor.shape[-1]))


def _run(
    item: Instruction, operands: list[tuple[QuantizedTensor, IntArray]], output: QuantizedTensor
) -> IntArray:
    """The kernel of an instruction on operands of several samples."""
    held = [Activation(tensor, integers=values) for tensor, values in operands]
    return KERNELS[type(item)](item, held, output).integers


def _of(ends: IntArray) -> Range:
    """A range from a batch of two."""
    return Range(ends[0], ends[1])


def channel_values(held: Range) -> tuple[NDArray[np.bool_], Int64Array]:
    """Which channels of the last axis have one value everywhere, and that value.

    Returns
    -------
    tuple
        ``(C,)`` each; the value means nothing where a channel varies.
    """
    low = held.low.reshape(-1, held.low.shape[-1])
    high = held.high.reshape(-1, held.high.shape[-1])
    uniform = (low.min(axis=0) == high.max(axis=0)) & (low.shape[0] > 0)
    return np.asarray(uniform), low[0].astype(np.int64)
