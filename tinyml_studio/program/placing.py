"""Buffers put at the lowest free offset one after the other, and how small a layout can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.program.lifetimes import Buffer, Lifetime
from tinyml_studio.program.overlap import Tie

Held = TypeVar("Held")

MANY = 200
"""Buffers from which on those that live at another time are left out at once."""


def placed(
    order: Sequence[Buffer], alignment: int, ties: Sequence[Tie] = ()
) -> Mapping[Buffer, int]:
    """Each buffer at the lowest aligned offset that is free during its whole lifetime.

    Two buffers of a tie may overlap as far as it allows.
    """
    partners: dict[Buffer, list[Tie]] = {}
    for tie in ties:
        partners.setdefault(tie.read, []).append(tie)
        partners.setdefault(tie.written, []).append(tie)
    layout: dict[Buffer, int] = {}
    spans = np.array([(held.lifetime.first, held.lifetime.last) for held in order]).reshape(-1, 2)
    for count, buffer in enumerate(order):
        life, size = buffer.lifetime, buffer.size
        tied = {_other(tie, buffer): tie for tie in partners.get(buffer, ())}
        barred: list[tuple[int, int]] = []
        near = order[:count] if count < MANY else _meeting(order, spans[:count], life)
        for held in near:
            start = layout[held]
            if held in tied:
                barred += _barred(tied[held], buffer, start)
            elif life.meets(held.lifetime):
                barred.append((start - size, start + held.size))
        layout[buffer] = _lowest(barred, alignment)
    return layout


def _meeting(order: Sequence[Buffer], spans: NDArray[np.int64], life: Lifetime) -> Iterator[Buffer]:
    """The first of `order` that live with a lifetime, by the ``(K, 2)`` steps of these."""
    meet = (spans[:, 0] <= life.last) & (life.first <= spans[:, 1])
    return (order[place] for place in np.flatnonzero(meet).tolist())


def _other(tie: Tie, buffer: Buffer) -> Buffer:
    return tie.written if tie.read is buffer else tie.read


def _barred(tie: Tie, buffer: Buffer, start: int) -> list[tuple[int, int]]:
    """Between which offsets, both left out, a buffer hurts the other one of a tie, from `start`."""
    low, high = start - buffer.size, start + _other(tie, buffer).size
    at = start + tie.distance if tie.read is buffer else start - tie.distance
    at = min(max(at, low), high)
    if tie.exact:
        return [(low, at), (at, high)]
    return [(low, at)] if tie.read is buffer else [(at, high)]


def _lowest(barred: list[tuple[int, int]], alignment: int) -> int:
    """The lowest aligned offset that lies in none of the open intervals."""
    place = 0
    for low, high in sorted(barred):
        if place <= low:
            break  # and before all the others
        place = max(place, -(-high // alignment) * alignment)
    return place


def lower_bound(
    buffers: Iterable[Buffer], alignment: int, ties: Sequence[Tie] = (), *, ideal: bool = True
) -> int:
    """The largest sum of sizes in one step; all but the last buffer are followed by padding.

    Of two buffers of a tie only the larger counts; not `ideal`, as far as the tie allows.
    """
    spared = {tie.step: tie.spared(alignment, ideal=ideal) for tie in ties}
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
        largest = max(largest, total - longest - spared.get(step, 0))
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
