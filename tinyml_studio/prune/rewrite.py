"""A program without some of its channels: what they added is in the biases then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import singledispatch
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from tinyml_studio.arith.inttype import Int64Array, IntArray
from tinyml_studio.program import instructions as ops
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program, QuantizedTensor
from tinyml_studio.prune.links import Removed
from tinyml_studio.prune.ranges import Ranges, channel_values

Weighted = ops.Conv2D | ops.DepthwiseConv2D | ops.FullyConnected


@dataclass(frozen=True, eq=False)
class Cut:
    """What goes, and what it was worth.

    Parameters
    ----------
    tensors
        Before the cut.
    removed
        Channels of each tensor that go.
    ranges
        The values that the channels had.
    """

    tensors: Mapping[str, QuantizedTensor]
    removed: Removed
    ranges: Ranges

    def kept(self, name: str) -> Int64Array:
        """Indices of the channels that stay."""
        return np.flatnonzero(~self.removed[name])

    def worth(self, name: str) -> Int64Array:
        """``(C,)``: the constant of a channel that goes, from the zero point; 0 elsewhere.

        A channel that nobody reads goes whatever it holds: its weights are 0.
        """
        uniform, value = channel_values(self.ranges[name])
        goes = self.removed[name] & uniform
        return np.where(goes, value - self.tensors[name].zero_point, 0)


Needed = tuple[np.ndarray, ...]

_KEPT = 2  # of an instruction: before and after an edit in front of it
_KNOWN: WeakKeyDictionary[Instruction, list[tuple[Needed, Instruction]]] = WeakKeyDictionary()


def without(program: Program, removed: Removed, ranges: Ranges) -> Program:
    """The program without the channels that are true in `removed`."""
    cut = Cut(program.tensors, removed, ranges)
    tensors = {name: _narrowed(tensor, cut) for name, tensor in program.tensors.items()}
    constants = {
        name: np.ascontiguousarray(values[..., cut.kept(name)]) if removed[name].any() else values
        for name, values in program.constants.items()
    }
    touched = {name for name, gone in removed.items() if gone.any()}
    instructions = tuple(
        _known_cut(item, cut) if touched.intersection((*item.inputs, item.output)) else item
        for item in program.instructions
    )
    return replace(
        program,
        tensors=MappingProxyType(tensors),
        constants=MappingProxyType(constants),
        instructions=instructions,
    )


def _narrowed(tensor: QuantizedTensor, cut: Cut) -> QuantizedTensor:
    gone = cut.removed[tensor.name]
    if not gone.any():
        return tensor
    return replace(tensor, shape=(*tensor.shape[:-1], len(gone) - int(gone.sum())))


def _known_cut(item: Instruction, cut: Cut) -> Instruction:
    """The instruction after the cut: the very one of the last time where that was the same cut."""
    needed = (
        *(cut.removed[name] for name in (*item.inputs, item.output)),
        *(cut.worth(name) for name in item.inputs),
    )
    for known, made in _KNOWN.setdefault(item, []):
        if all(map(np.array_equal, known, needed)):
            return made
    made = _cut(item, cut)
    if made is not item:  # which would keep itself alive there
        _KNOWN[item].append((needed, made))
        del _KNOWN[item][:-_KEPT]
    return made


@singledispatch
def _cut(item: Instruction, cut: Cut) -> Instruction:
    """Instructions that take their sizes from their tensors stay as they are."""
    del cut
    return item


@_cut.register
def _(item: ops.Conv2D, cut: Cut) -> Instruction:
    if item.groups != 1:
        return item
    rows = item.weights.astype(np.int64).sum(axis=(1, 2))
    return _weighted(item, rows, cut, axis=0)


@_cut.register
def _(item: ops.FullyConnected, cut: Cut) -> Instruction:
    return _weighted(item, item.weights.astype(np.int64), cut, axis=0)


@_cut.register
def _(item: ops.DepthwiseConv2D, cut: Cut) -> Instruction:
    return replace(item, **_per_channel(item, cut.kept(item.output), axis=2))


@_cut.register
def _(item: ops.Slice, cut: Cut) -> Instruction:
    before = int((~cut.removed[item.inputs[0]][: item.starts[-1]]).sum())
    return replace(
        item,
        starts=(*item.starts[:-1], before),
        sizes=(*item.sizes[:-1], len(cut.kept(item.output))),
    )


def _weighted(
    item: ops.Conv2D | ops.FullyConnected, rows: Int64Array, cut: Cut, *, axis: int
) -> Instruction:
    """Take the constants into the bias, then drop rows and columns; `rows` is ``(O, I)``."""
    (source,) = item.inputs
    folded = replace(item, bias=item.bias + rows @ cut.worth(source))
    changed = _per_channel(folded, cut.kept(item.output), axis=axis)
    weights: IntArray = changed["weights"][..., cut.kept(source)]
    return replace(folded, **{**changed, "weights": np.ascontiguousarray(weights)})


def _per_channel(item: Weighted, kept: Int64Array, *, axis: int) -> dict[str, Any]:
    """Every array of a layer for the output channels that stay; the weights' are along `axis`."""
    arrays = {
        field.name: getattr(item, field.name)
        for field in fields(item)
        if isinstance(getattr(item, field.name), np.ndarray)
    }
    weights = arrays.pop("weights")
    changed = {name: values[kept] for name, values in arrays.items() if len(values) > 1}
    changed["weights"] = np.ascontiguousarray(np.take(weights, kept, axis=axis))
    return changed
