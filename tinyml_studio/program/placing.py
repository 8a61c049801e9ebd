"""Buffers put at the lowest free offset one after the other, and how small a layout can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np

from tinyml_studio.program.lifetimes import Buffer, Lifetime

Held = TypeVar("Held")


def placed(order: Sequence[Buffer], alignment: int) -> Mapping[Buffer, int]:
    """Each buffer at the lowest aligned offset that is free during its whole lifetime."""
    count = len(order)
    first, last, start, stop = (np.zeros(count, np.int64) for _ in range(4))
    layout: dict[Buffer, int] = {}
    for index, buffer in enumerate(order):
        life = buffer.lifetime
        meets = (first[:index] <= life.last) & (last[:index] >= life.first)
        taken = np.flatnonzero(meets)
        place = _lowest_gap(start[taken], stop[taken], buffer.size, alignment)
        first[index], last[index] = life.first, life.last
        start[index], stop[index] = place, place + buffer.size
        layout[buffer] = place
    return layout


def _lowest_gap(starts: np.ndarray, stops: np.ndarray, size: int, alignment: int) -> int:
    """The lowest aligned offset with `size` free bytes between what is taken, or behind all."""
    if not len(starts):
        return 0
    order = np.argsort(starts, kind="stable")
    ends = -(-stops[order] // alignment) * alignment
    free_from = np.maximum.accumulate(np.concatenate([[0], ends]))
    fits = free_from[:-1] + size <= starts[order]
    place = int(fits.argmax()) if fits.any() else len(starts)
    return int(free_from[place])


def lower_bound(buffers: Iterable[Buffer], alignment: int) -> int:
    """The largest sum of sizes in one step; all but the last buffer are followed by padding."""
    changes: dict[int, list[tuple[int, int]]] = {}
    for buffer in buffers:
        changes.setdefault(buffer.lifetime.first, []).append((buffer.size, 1))
        changes.setdefault(buffer.lifetime.last + 1, []).append((buffer.size, -1))
    paddings: Counter[int] = Counter()
    total = largest = 0
    for step in sorted(changes):
        for size, sign in changes[step]:
            padding = -size % alignment
            total += sign * (size + padding)
            paddings[padding] += sign
        longest = max((padding for padding, count in paddings.items() if count), default=0)
        largest = max(largest, total - longest)
    return largest


def live_in_steps(held: Sequence[tuple[Lifetime, Held]], steps: int) -> Iterator[tuple[Held, ...]]:
    """What lives in each step from 0 on, in the order given."""
    begins: dict[int, list[int]] = {}
    for index, (life, _) in enumerate(held):
        begins.setdefault(max(life.first, 0), []).append(index)
    live: list[int] = []
    for step in range(steps):
        live = [index for index in live if held[index][0].last >= step]
        new = [index for index in begins.get(step, ()) if held[index][0].last >= step]
        if new:
            live = sorted([*live, *new])
        yield tuple(held[index][1] for index in live)
