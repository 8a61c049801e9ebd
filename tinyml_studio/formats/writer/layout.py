"""The two orders in which a written tensor can lie, and how axes move between them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TypeVar

import numpy as np

Value = TypeVar("Value")


class Layout(Enum):
    """Where the channel axis of a batched tensor stands; ONNX convolutions want it first."""

    LAST = "last"  # (N, *spatial, C): the graph's own order
    FIRST = "first"  # (N, C, *spatial)


def ordered(values: Sequence[Value], layout: Layout) -> tuple[Value, ...]:
    """One value per sample axis, given in the graph's order, in the order of `layout`."""
    if layout is Layout.LAST or len(values) < 2:
        return tuple(values)
    return (values[-1], *values[:-1])


def sample_perm(rank: int, layout: Layout) -> tuple[int, ...]:
    """The permutation of the graph's sample axes that gives `layout`."""
    return ordered(range(rank), layout)


def batched(perm: Sequence[int]) -> list[int]:
    """A permutation of sample axes with the batch axis in front."""
    return [0, *(axis + 1 for axis in perm)]


def inverse(perm: Sequence[int]) -> tuple[int, ...]:
    """The permutation that undoes `perm`."""
    return tuple(int(axis) for axis in np.argsort(perm))


def onnx_axis(axis: int, rank: int, layout: Layout) -> int:
    """Where the sample axis `axis` of a tensor of `rank` sample axes stands, batch axis counted."""
    return sample_perm(rank, layout).index(axis) + 1
