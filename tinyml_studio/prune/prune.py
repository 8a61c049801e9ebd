"""Exact channel pruning: the program that is exported.

A channel whose integer is the same for every input adds a constant to what reads it, and a channel
that nobody reads adds nothing. Both are removed, again and again until none is left; every output
stays the same, bit for bit. The layers in between (depthwise, pools, additions) lose the channel
too. A constant other than the zero point stays where a padded convolution reads it: beyond the
edge there is the zero point instead.
"""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.program.measure import total_macs
from tinyml_studio.program.program import Program
from tinyml_studio.prune.links import removable_channels
from tinyml_studio.prune.ranges import value_ranges
from tinyml_studio.prune.rewrite import without


@dataclass(frozen=True, slots=True)
class Removal:
    """Channels that a layer's output lost.

    Parameters
    ----------
    layer
        Name of the layer.
    removed, channels
        How many are gone, and how many there were.
    """

    layer: str
    removed: int
    channels: int


@dataclass(frozen=True, eq=False)
class Pruned:
    """A program that gives the same outputs with less.

    Parameters
    ----------
    program
        What remains; the very program where nothing could be removed.
    removals
        What was removed, in the order of the layers.
    macs_before, macs
        Multiply-accumulates of one inference.
    """

    program: Program
    removals: tuple[Removal, ...]
    macs_before: int
    macs: int


def prune(program: Program) -> Pruned:
    """Remove every channel that is constant or unread, exactly."""
    slim = program
    while True:
        ranges = value_ranges(slim)
        removed = removable_channels(slim, ranges)
        if not any(gone.any() for gone in removed.values()):
            break
        slim = without(slim, removed, ranges)
    return Pruned(slim, _removals(program, slim), total_macs(program), total_macs(slim))


def _removals(before: Program, after: Program) -> tuple[Removal, ...]:
    """The layers that make less than before; of a layer's several tensors the last counts."""
    found: dict[str, Removal] = {}
    for item in before.instructions:
        old, new = before.tensors[item.output].shape, after.tensors[item.output].shape
        if old != new:
            found[item.layer] = Removal(item.layer, old[-1] - new[-1], old[-1])
    return tuple(found.values())
