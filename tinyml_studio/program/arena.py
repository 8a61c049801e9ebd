"""The arena: where each tensor lies in RAM while the network runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from tinyml_studio.program.lifetimes import (
    Buffer,
    shared_buffers,
    state_tensors,
    tensor_lifetimes,
)
from tinyml_studio.program.placing import live_in_steps, lower_bound, placed
from tinyml_studio.program.program import Program
from tinyml_studio.program.views import view_candidates

ALIGNMENT = 16
_SEARCH_WORK = 40_000  # pairs of buffers that the search for a better order compares
_SEED = 1
_SINGLE_VIEWS = 8  # Concats and Slices tried one by one where all of them as views take more

Offsets = Mapping[Buffer, int]


@dataclass(frozen=True, slots=True)
class ArenaStep:
    """One instruction: the tensors in RAM while it runs, and their bytes."""

    layer: str
    output: str
    live: tuple[str, ...]
    live_bytes: int


@dataclass(frozen=True, eq=False)
class ArenaPlan:
    """The layout of the arena.

    Parameters
    ----------
    offsets
        First byte of each tensor in RAM, inputs, outputs and states included.
    size
        Bytes in all.
    alignment
        Every offset is a multiple of it, but for those of views: they begin at words.
    lower_bound
        Bytes of the buffers that must live at once in the fullest step, aligned: no layout with
        the same sharing is smaller.
    steps
        One per instruction.
    buffers
        The tensors that share one place: views, and results written over an operand.
    state_bytes
        The arena begins with so many bytes for the states, which nothing else uses.
    """

    offsets: Mapping[str, int]
    size: int
    alignment: int
    lower_bound: int
    steps: tuple[ArenaStep, ...]
    buffers: tuple[tuple[str, ...], ...]
    state_bytes: int = 0


def plan_arena(program: Program, *, alignment: int = ALIGNMENT) -> ArenaPlan:
    """Lay the tensors out so that no two that live at once overlap, but for shared buffers.

    Buffers are placed one by one at the lowest free offset. The order is by size, by lifetime and
    by time; where the best of these misses the lower bound, a search exchanges buffers in the
    order. The result depends on the program only. Source of the greedy order: Pisarchyk and Lee
    2020 (arXiv 2001.03288).

    Raises
    ------
    ValueError
        If `alignment` is less than one.
    """
    if alignment < 1:
        raise ValueError(f"an alignment is at least 1, not {alignment}")
    layout = _smallest_layout(program, alignment)
    offsets, state_bytes = _state_offsets(program, alignment)
    offsets |= {
        name: state_bytes + offset + place
        for buffer, offset in layout.items()
        for name, place in zip(buffer.tensors, buffer.places, strict=True)
    }
    return ArenaPlan(
        offsets=MappingProxyType(offsets),
        size=state_bytes + _extent(layout),
        alignment=alignment,
        lower_bound=state_bytes + lower_bound(layout, alignment),
        steps=_steps(program, layout, state_bytes),
        buffers=(
            *((name,) for name in state_tensors(program)),
            *(buffer.tensors for buffer in layout),
        ),
        state_bytes=state_bytes,
    )


def _state_offsets(program: Program, alignment: int) -> tuple[dict[str, int], int]:
    """Places of the states, one after the other, and how many bytes they take, aligned."""
    offsets, size = {}, 0
    for name in state_tensors(program):
        offsets[name] = size
        size += -(-program.tensors[name].nbytes // alignment) * alignment
    return offsets, size


def _smallest_layout(program: Program, alignment: int) -> Offsets:
    """The smallest layout with and without results in place; views only where they cost nothing."""

    def layout(views: Collection[str]) -> Offsets:
        in_place, apart = (
            shared_buffers(program, in_place=held, views=views) for held in (True, False)
        )
        best = _best_layout(in_place, alignment)
        if _extent(best) <= lower_bound(apart, alignment):
            return best
        return min(best, _best_layout(apart, alignment), key=_extent)  # of equals the one in place

    best, wanted = layout(()), view_candidates(program)
    if not wanted:
        return best
    every = layout(wanted)
    if _extent(every) <= _extent(best):
        return every
    kept: tuple[str, ...] = ()
    for name in wanted[:_SINGLE_VIEWS]:
        found = layout((*kept, name))
        if _extent(found) <= _extent(best):
            best, kept = found, (*kept, name)
    return best


def _best_layout(buffers: Sequence[Buffer], alignment: int) -> Offsets:
    """The smallest layout over several orders of placing."""
    orders: tuple[Callable[[Buffer], tuple[int, ...]], ...] = (
        lambda buffer: (-buffer.size, buffer.lifetime.first),
        lambda buffer: (buffer.lifetime.first - buffer.lifetime.last, -buffer.size),
        lambda buffer: (buffer.lifetime.first, -buffer.size),
    )
    bound = lower_bound(buffers, alignment)
    best = placed(sorted(buffers, key=orders[0]), alignment)
    for order in orders[1:]:
        if _extent(best) > bound:
            best = min(best, placed(sorted(buffers, key=order), alignment), key=_extent)
    if _extent(best) > bound:
        best = _searched(best, alignment)
    return {buffer: best[buffer] for buffer in buffers}


def _searched(layout: Offsets, alignment: int) -> Offsets:
    """Exchange two buffers in the order of placing, again and again, and keep what is smaller."""
    order, best = list(layout), layout
    bound = lower_bound(layout, alignment)
    draw = np.random.default_rng(_SEED)
    for _ in range(_SEARCH_WORK // len(order) ** 2):
        first, second = draw.integers(len(order), size=2).tolist()
        order[first], order[second] = order[second], order[first]
        found = placed(order, alignment)
        if _extent(found) > _extent(best):
            order[first], order[second] = order[second], order[first]
            continue
        best = found
        if _extent(best) == bound:
            break
    return best


def _extent(layout: Offsets) -> int:
    return max((offset + buffer.size for buffer, offset in layout.items()), default=0)


def _steps(program: Program, layout: Offsets, state_bytes: int) -> tuple[ArenaStep, ...]:
    """What lives in each step."""
    lifetimes = tensor_lifetimes(program)
    count = len(program.instructions)
    names = live_in_steps([(life, name) for name, life in lifetimes.items()], count)
    sizes = live_in_steps([(buffer.lifetime, buffer.size) for buffer in layout], count)
    return tuple(
        ArenaStep(
            layer=item.layer,
            output=item.output,
            live=live,
            live_bytes=state_bytes + sum(held),
        )
        for item, live, held in zip(program.instructions, names, sizes, strict=True)
    )
