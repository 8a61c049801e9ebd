"""The arena: where each tensor lies in RAM while the network runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from tinyml_studio.program.lifetimes import (
    Buffer,
    Lifetime,
    shared_buffers,
    state_tensors,
    tensor_lifetimes,
)
from tinyml_studio.program.overlap import Overlaps, Tie, ties
from tinyml_studio.program.placing import live_in_steps, lower_bound, placed
from tinyml_studio.program.program import Program
from tinyml_studio.program.views import view_candidates

ALIGNMENT = 16
_SEARCH_WORK = 40_000  # pairs of buffers that the search for a better order compares
_SEED = 1
_KNOWN_SEARCHES = 32  # of networks of at most some hundred tensors: larger ones are not searched
_SINGLE_VIEWS = 8  # Concats and Slices tried one by one where all of them as views take more

Offsets = Mapping[Buffer, int]
_NONE: Overlaps = MappingProxyType({})
_NO_SCRATCH: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ArenaStep:
    """One instruction: the tensors in RAM while it runs, and the bytes under them.

    `copied` is the operand that it copies to another place before; "" for none.
    """

    layer: str
    output: str
    live: tuple[str, ...]
    live_bytes: int
    copied: str = ""


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
        Bytes of the buffers that must live at once in the fullest step, aligned, as if every
        result that may reach into its operand took no room of its own: no layout with the same
        sharing is smaller.
    steps
        One per instruction.
    buffers
        The tensors that share one place: views, and results written over an operand.
    state_bytes
        The arena begins with so many bytes for the states, which nothing else uses.
    over
        The operand over part of which a tensor is written while it is read, by that tensor.
    scratch
        Places of memory that instructions have for themselves, by the tensor that they write.
    copies
        Where instructions first copy their operand to, from which they then read, likewise.
    """

    offsets: Mapping[str, int]
    size: int
    alignment: int
    lower_bound: int
    steps: tuple[ArenaStep, ...]
    buffers: tuple[tuple[str, ...], ...]
    state_bytes: int = 0
    over: Mapping[str, str] = field(default_factory=dict)
    scratch: Mapping[str, int] = field(default_factory=dict)
    copies: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Layout:
    """Offsets of buffers, the ties between these, and which of them hold no tensors."""

    offsets: Offsets
    ties: tuple[Tie, ...]
    scratch: Collection[Buffer] = ()

    @property
    def held(self) -> list[Buffer]:
        """The buffers of tensors and of their copies."""
        return [buffer for buffer in self.offsets if buffer not in self.scratch]

    @property
    def extent(self) -> int:
        """Bytes in all."""
        return max((offset + buffer.size for buffer, offset in self.offsets.items()), default=0)

    @property
    def overlapping(self) -> tuple[str, ...]:
        """The tensors that are written over part of their operand."""
        return tuple(tie.tensor for tie in self.ties if self.shared(tie))

    def shared(self, tie: Tie) -> int:
        """Bytes in which the buffers of a tie overlap."""
        start, other = self.offsets[tie.read], self.offsets[tie.written]
        end = min(start + tie.read.size, other + tie.written.size)
        return max(end - max(start, other), 0)


def plan_arena(
    program: Program,
    *,
    alignment: int = ALIGNMENT,
    overlaps: Overlaps = _NONE,
    scratch: Mapping[str, int] = _NO_SCRATCH,
    moved: Collection[str] = (),
) -> ArenaPlan:
    """Lay the tensors out so that no two that live at once overlap, but for shared buffers.

    `overlaps` says which results may reach how far into an operand, and takes its distances for
    granted: they are those of the kernels (`tinyml_studio.emit.overlaps`). `scratch` has the bytes
    that instructions need for themselves, by the tensor that they write. Instructions that write
    one of `moved` begin with a copy of their operand, so that it can be farther up.

    Buffers are placed one by one at the lowest free offset, by size, by lifetime and by time; where
    the best of these misses the lower bound, a search exchanges buffers in the order. Source of the
    greedy order: Pisarchyk and Lee 2020 (arXiv 2001.03288).

    Raises
    ------
    ValueError
        If `alignment` is less than one.
    """
    if alignment < 1:
        raise ValueError(f"an alignment is at least 1, not {alignment}")
    own = _scratch_buffers(program, scratch)
    copies = _scratch_buffers(program, _operand_bytes(program, moved))
    layout = _smallest_layout(program, alignment, overlaps, tuple(own.values()), copies)
    layout = replace(layout, scratch=frozenset(own.values()))
    plan = _plan(program, layout, alignment, moved)
    places = {buffer: plan.state_bytes + offset for buffer, offset in layout.offsets.items()}
    return replace(
        plan,
        over=MappingProxyType({name: overlaps[name].operand for name in layout.overlapping}),
        scratch=MappingProxyType({name: places[buffer] for name, buffer in own.items()}),
        copies=MappingProxyType({name: places[buffer] for name, buffer in copies.items()}),
    )


def _plan(program: Program, layout: _Layout, alignment: int, moved: Collection[str]) -> ArenaPlan:
    """The plan of a layout behind the states, still without what instructions add."""
    offsets, state_bytes = _state_offsets(program, alignment)
    offsets |= {
        name: state_bytes + offset + place
        for buffer, offset in layout.offsets.items()
        for name, place in zip(buffer.tensors, buffer.places, strict=True)
    }
    bound = lower_bound(layout.held, alignment, layout.ties)
    return ArenaPlan(
        offsets=MappingProxyType(offsets),
        size=state_bytes + layout.extent,
        alignment=alignment,
        lower_bound=state_bytes + bound,
        steps=_steps(program, layout, state_bytes, moved),
        buffers=(
            *((name,) for name in state_tensors(program)),
            *(buffer.tensors for buffer in layout.held if buffer.tensors),
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


def _scratch_buffers(program: Program, scratch: Mapping[str, int]) -> Mapping[str, Buffer]:
    """Buffers without tensors, each for one step."""
    return {
        item.output: Buffer((), (), scratch[item.output], Lifetime(step, step))
        for step, item in enumerate(program.instructions)
        if item.output in scratch
    }


def _operand_bytes(program: Program, moved: Collection[str]) -> Mapping[str, int]:
    return {
        item.output: program.tensors[item.inputs[0]].nbytes
        for item in program.instructions
        if item.output in moved
    }


def _smallest_layout(
    program: Program,
    alignment: int,
    overlaps: Overlaps,
    scratch: tuple[Buffer, ...],
    copies: Mapping[str, Buffer],
) -> _Layout:
    """The smallest layout with and without results in place; views only where they cost nothing."""

    def layout(views: Collection[str]) -> _Layout:
        in_place, apart = (
            (
                *shared_buffers(program, in_place=held, views=views, moved=copies),
                *copies.values(),
                *scratch,
            )
            for held in (True, False)
        )
        best = _best_layout(in_place, ties(program, in_place, overlaps, copies), alignment)
        others = ties(program, apart, overlaps, copies)
        if best.extent <= lower_bound(apart, alignment, others, ideal=False):
            return best
        other = _best_layout(apart, others, alignment)
        return other if other.extent < best.extent else best

    best, wanted = layout(()), view_candidates(program)
    if not wanted:
        return best
    every = layout(wanted)
    if every.extent <= best.extent:
        return every
    kept: tuple[str, ...] = ()
    for name in wanted[:_SINGLE_VIEWS]:
        found = layout((*kept, name))
        if found.extent <= best.extent:
            best, kept = found, (*kept, name)
    return best


def _best_layout(buffers: Sequence[Buffer], tied: tuple[Tie, ...], alignment: int) -> _Layout:
    """The smallest layout over several orders of placing."""
    orders: tuple[Callable[[Buffer], tuple[int, ...]], ...] = (
        lambda buffer: (-buffer.size, buffer.lifetime.first),
        lambda buffer: (buffer.lifetime.first - buffer.lifetime.last, -buffer.size),
        lambda buffer: (buffer.lifetime.first, -buffer.size),
        # results are placed before what they may be written over, at lower offsets
        lambda buffer: (-buffer.lifetime.last, -buffer.size),
    )
    bound = lower_bound(buffers, alignment, tied, ideal=False)
    best = _Layout(placed(sorted(buffers, key=orders[0]), alignment, tied), tied)
    for order in orders[1:] if tied else orders[1:-1]:
        if best.extent > bound:
            found = _Layout(placed(sorted(buffers, key=order), alignment, tied), tied)
            best = found if found.extent < best.extent else best
    if best.extent > bound:
        best = _searched(best, bound, alignment)
    return _Layout({buffer: best.offsets[buffer] for buffer in buffers}, tied)


def _searched(layout: _Layout, bound: int, alignment: int) -> _Layout:
    """Exchange two buffers in the order of placing, again and again, and keep what is smaller."""
    order = tuple(layout.offsets)
    number = {buffer: place for place, buffer in enumerate(order)}
    rounds = _SEARCH_WORK // len(order) ** 2
    if rounds == 0:
        return layout
    offsets = _search(
        tuple((buffer.size, buffer.lifetime) for buffer in order),
        tuple(
            (number[tie.read], number[tie.written], tie.distance, tie.exact, tie.step)
            for tie in layout.ties
        ),
        bound,
        alignment,
        rounds,
    )
    return _Layout(dict(zip(order, offsets, strict=True)), layout.ties)


@lru_cache(maxsize=_KNOWN_SEARCHES)
def _search(
    sizes: tuple[tuple[int, Lifetime], ...],
    tied: tuple[tuple[int, int, int, bool, int], ...],
    bound: int,
    alignment: int,
    rounds: int,
) -> tuple[int, ...]:
    """Offsets of buffers that are given in an order by sizes, lifetimes and ties alone.

    An edit of weights changes none of these: what was found for them holds.
    """
    order = [Buffer((), (), size, lifetime) for size, lifetime in sizes]
    given, ties_ = (
        tuple(order),
        tuple(
            Tie(order[read], order[written], distance, exact, step, "")
            for read, written, distance, exact, step in tied
        ),
    )
    best = _Layout(placed(order, alignment, ties_), ties_)
    draw = np.random.default_rng(_SEED)
    for _ in range(rounds):
        first, second = draw.integers(len(order), size=2).tolist()
        order[first], order[second] = order[second], order[first]
        found = _Layout(placed(order, alignment, ties_), ties_)
        if found.extent > best.extent:
            order[first], order[second] = order[second], order[first]
            continue
        best = found
        if best.extent == bound:
            break
    return tuple(best.offsets[buffer] for buffer in given)


def _steps(
    program: Program, layout: _Layout, state_bytes: int, moved: Collection[str]
) -> tuple[ArenaStep, ...]:
    """What lives in each step."""
    lifetimes = tensor_lifetimes(program, moved)
    count = len(program.instructions)
    names = live_in_steps([(life, name) for name, life in lifetimes.items()], count)
    held = [(buffer.lifetime, buffer.size) for buffer in layout.held]
    sizes = live_in_steps(held, count)
    shared = {tie.step: layout.shared(tie) for tie in layout.ties}
    return tuple(
        ArenaStep(
            layer=item.layer,
            output=item.output,
            live=live,
            live_bytes=state_bytes + sum(bytes_) - shared.get(step, 0),
            copied=item.inputs[0] if item.output in moved else "",
        )
        for step, (item, live, bytes_) in enumerate(
            zip(program.instructions, names, sizes, strict=True)
        )
    )
