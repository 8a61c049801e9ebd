"""Which channels come and go together, and which must stay.

A slot is one channel (index of the last axis) of one tensor. A depthwise convolution, a pool or an
addition ties the slots of its operands to those of its output: all of them can be removed, or
none. A convolution or a fully connected layer ties nothing: it can take a constant channel into its
bias. What an instruction needs as it is, it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.program import instructions as ops
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program
from tinyml_studio.progress import in_turns
from tinyml_studio.prune.ranges import Ranges, channel_values

Removed = Mapping[str, NDArray[np.bool_]]  # (C,) per tensor


class Slots:
    """The channels of all tensors of a program, which of them are tied, and which must stay.

    Parameters
    ----------
    program
        Inputs and outputs of it stay as they are.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._first: dict[str, int] = {}
        count = 0
        for name, tensor in program.tensors.items():
            self._first[name] = count
            count += channels(tensor.shape)
        self._parent = list(range(count))
        self._held = np.zeros(count, np.bool_)
        for name in (*program.inputs, *program.outputs):
            self.hold(name)

    def hold(self, name: str, which: NDArray[np.bool_] | None = None) -> None:
        """Channels of a tensor must stay: those that are true, or all."""
        first = self._first[name]
        stop = first + channels(self.program.tensors[name].shape)
        self._held[first:stop] |= True if which is None else which

    def tie(self, name: str, other: str, pairs: Int64Array) -> None:
        """Channels of two tensors come and go together; `pairs` is ``(P, 2)``."""
        first, second = self._first[name], self._first[other]
        for one, two in pairs.tolist():
            self._parent[self._root(first + one)] = self._root(second + two)

    def tie_equal(self, name: str, other: str) -> None:
        """Channel c of one tensor and channel c of another, for all c."""
        count = channels(self.program.tensors[name].shape)
        self.tie(name, other, np.arange(count).repeat(2).reshape(-1, 2))

    def removable(self) -> Removed:
        """Channels of which none that they are tied to must stay; every tensor keeps one."""
        roots = np.array([self._root(slot) for slot in range(len(self._parent))], np.int64)
        stays = np.zeros(len(roots), np.bool_)
        np.logical_or.at(stays, roots, self._held)
        while True:
            removed = {name: ~stays[roots[self._span(name)]] for name in self._first}
            empty = [name for name, gone in removed.items() if gone.all()]
            if not empty:
                return removed
            for name in empty:
                stays[roots[self._first[name]]] = True

    def _span(self, name: str) -> slice:
        first = self._first[name]
        return slice(first, first + channels(self.program.tensors[name].shape))

    def _root(self, slot: int) -> int:
        """The slot that stands for all that are tied to this one."""
        parent = self._parent
        while parent[slot] != slot:
            parent[slot] = parent[parent[slot]]
            slot = parent[slot]
        return slot


def channels(shape: tuple[int, ...]) -> int:
    """Length of the last axis; a single value is one channel."""
    return shape[-1] if shape else 1


def removable_channels(program: Program, ranges: Ranges) -> Removed:
    """The channels of each tensor, ``(C,)``, without which every output stays as it is."""
    slots = Slots(program)
    for item in in_turns(program.instructions):
        _tie(item, slots, ranges)
    return slots.removable()


@singledispatch
def _tie(item: Instruction, slots: Slots, ranges: Ranges) -> None:
    """An operator that nothing is known of takes and gives its tensors as they are."""
    del ranges
    for name in (*item.inputs, item.output, *item.states, *item.memory):
        slots.hold(name)


@_tie.register
def _(item: ops.Conv2D, slots: Slots, ranges: Ranges) -> None:
    (source,) = item.inputs
    if item.groups != 1:
        slots.hold(source)
        slots.hold(item.output)
        return
    unread = ~item.weights.any(axis=(0, 1, 2))
    uniform, value = channel_values(ranges[source])
    padded = any(amount for pair in item.pads for amount in pair)
    if padded:  # beyond the edge there is the zero point, not the constant
        uniform &= value == slots.program.tensors[source].zero_point
    slots.hold(source, ~(unread | uniform))


@_tie.register
def _(item: ops.FullyConnected, slots: Slots, ranges: Ranges) -> None:
    (source,) = item.inputs
    unread = ~item.weights.any(axis=0)
    uniform, _ = channel_values(ranges[source])
    slots.hold(source, ~(unread | uniform))


@_tie.register
def _(item: ops.DepthwiseConv2D, slots: Slots, ranges: Ranges) -> None:
    del ranges
    (source,) = item.inputs
    outputs = channels(slots.program.tensors[item.output].shape)
    multiplier = outputs // channels(slots.program.tensors[source].shape)
    index = np.arange(outputs)
    slots.tie(source, item.output, np.stack([index // multiplier, index], axis=1))


@_tie.register(ops.MaxPool2D)
@_tie.register(ops.AveragePool2D)
@_tie.register(ops.Requantize)
@_tie.register(ops.Lookup)
@_tie.register(ops.Interpolate)
@_tie.register(ops.Piecewise)
@_tie.register(ops.Logistic16)
@_tie.register(ops.LeakyRelu)
def _(item: Instruction, slots: Slots, ranges: Ranges) -> None:
    del ranges
    slots.tie_equal(item.inputs[0], item.output)


@_tie.register(ops.Add)
@_tie.register(ops.Mul)
def _(item: Instruction, slots: Slots, ranges: Ranges) -> None:
    """An operand that is broadcast over the channels gives its one channel to all of them."""
    del ranges
    wanted = slots.program.tensors[item.output].shape[-1:]
    for name in item.inputs:
        if wanted and slots.program.tensors[name].shape[-1:] == wanted:
            slots.tie_equal(name, item.output)
        else:
            slots.hold(name)


@_tie.register
def _(item: ops.Mean, slots: Slots, ranges: Ranges) -> None:
    _tie_where(
        item,
        slots,
        ranges,
        keeps=len(slots.program.tensors[item.inputs[0]].shape) - 1 not in item.axes,
    )


@_tie.register
def _(item: ops.Transpose, slots: Slots, ranges: Ranges) -> None:
    _tie_where(item, slots, ranges, keeps=item.perm[-1:] == (len(item.perm) - 1,))


@_tie.register
def _(item: ops.Pad, slots: Slots, ranges: Ranges) -> None:
    _tie_where(item, slots, ranges, keeps=item.pads[-1:] == ((0, 0),))


def _tie_where(item: Instruction, slots: Slots, ranges: Ranges, *, keeps: bool) -> None:
    """Tie channel to channel where the last axis stays what it is."""
    del ranges
    if keeps:
        slots.tie_equal(item.inputs[0], item.output)
    else:
        slots.hold(item.inputs[0])
        slots.hold(item.output)


@_tie.register
def _(item: ops.Slice, slots: Slots, ranges: Ranges) -> None:
    del ranges
    if item.steps[-1:] != (1,):
        slots.hold(item.inputs[0])
        slots.hold(item.output)
        return
    taken = np.arange(item.sizes[-1])
    slots.tie(item.inputs[0], item.output, np.stack([taken + item.starts[-1], taken], axis=1))


@_tie.register
def _(item: ops.Concat, slots: Slots, ranges: Ranges) -> None:
    del ranges
    tensors, start = slots.program.tensors, 0
    joins = item.axis == len(tensors[item.output].shape) - 1
    for name in item.inputs:
        index = np.arange(channels(tensors[name].shape))
        slots.tie(name, item.output, np.stack([index, index + start], axis=1))
        start += len(index) if joins else 0


@_tie.register
def _(item: ops.Reshape, slots: Slots, ranges: Ranges) -> None:
    """Channels of the shorter last axis repeat in the longer one: element e is channel e mod C."""
    del ranges
    (source,) = item.inputs
    here = channels(slots.program.tensors[source].shape)
    there = channels(slots.program.tensors[item.output].shape)
    shapes = (slots.program.tensors[source].shape, slots.program.tensors[item.output].shape)
    if not all(shapes) or max(here, there) % min(here, there):
        slots.hold(source)
        slots.hold(item.output)
        return
    index = np.arange(max(here, there))
    slots.tie(source, item.output, np.stack([index % here, index % there], axis=1))
