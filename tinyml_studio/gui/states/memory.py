"""The arena over time as rectangles: what lies where, from which step to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.gui.states.text import data_size, whole

MOST_BLOCKS = 600
"""Rectangles that are painted within some milliseconds."""
PICTURE = (400, 1600)
"""Rows and columns of the picture of more."""

NO_PROGRAM = "Choose calibration data (Ctrl+D) to see what lies in RAM while each layer runs"


@dataclass(frozen=True, slots=True)
class Block:
    """One tensor in the arena.

    Parameters
    ----------
    key, name
        True and short name of the layer that makes it.
    tensor
        Its own name, cleaned.
    first, last
        First and last step in which it lives, both included.
    offset, size
        Bytes.
    at_peak
        It lives in the fullest step.
    over
        Short name of what makes the operand over which it is written; "" for none.
    copied_for
        Of a copy of an operand: short name of the layer that makes it and reads it; "" else.
    """

    key: str
    name: str
    tensor: str
    first: int
    last: int
    offset: int
    size: int
    at_peak: bool = False
    over: str = ""
    copied_for: str = ""

    def holds(self, step: float, byte: float) -> bool:
        """Whether a point lies in the rectangle; step k reaches from k to k + 1."""
        inside = self.offset <= byte < self.offset + self.size
        return inside and self.first <= step < self.last + 1


@dataclass(frozen=True, slots=True)
class Overlap:
    """Where two rectangles lie over each other: their places in `MemoryState.blocks`, and it."""

    one: int
    other: int
    first: int
    last: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class MemoryState:
    """The arena.

    Parameters
    ----------
    blocks
        The tensors, in the order of their creation.
    steps
        Short name of the layer that runs in each step.
    size
        Bytes of the arena.
    lower_bound
        Bytes that live at once in the fullest step, as if a result that reaches into its operand
        took no room of its own: no layout is smaller.
    peak
        The fullest step.
    cause
        What makes the peak, in a sentence.
    selected
        True name of the selected layer.
    hint
        Why there is nothing to show.
    picture
        ``(rows, columns)`` from the lowest byte and the first step on: all blocks where they are
        too many to draw one by one; 0 is free, 1 a tensor, 2 one that lives at the peak.
    overlaps
        Where two of the blocks lie over each other, as far as they are drawn one by one.
    asks_data
        Calibration data would bring something to show.
    """

    blocks: tuple[Block, ...] = ()
    steps: tuple[str, ...] = ()
    size: int = 0
    lower_bound: int = 0
    peak: int = 0
    cause: str = ""
    selected: str = ""
    hint: str = ""
    picture: NDArray[np.uint8] | None = field(default=None, compare=False)
    overlaps: tuple[Overlap, ...] = ()
    asks_data: bool = False


def picture_of(blocks: Sequence[Block], steps: int, size: int) -> NDArray[np.uint8] | None:
    """The picture of so many blocks that nobody could tell them apart; None for fewer."""
    if len(blocks) <= MOST_BLOCKS:
        return None
    high, wide = min(size, PICTURE[0]), min(steps, PICTURE[1])
    picture = np.zeros((high, wide), np.uint8)
    for block in blocks:
        low, top = _span(block.offset, block.offset + block.size, high / size)
        left, right = _span(block.first, min(block.last, steps - 1) + 1, wide / steps)
        place = picture[low:top, left:right]
        np.maximum(place, 2 if block.at_peak else 1, out=place)
    return picture


def overlaps_of(blocks: Sequence[Block]) -> tuple[Overlap, ...]:
    """Every pair that lies over each other; none for more blocks than are drawn one by one."""
    if len(blocks) > MOST_BLOCKS:
        return ()
    found = []
    for (one, a), (other, b) in combinations(enumerate(blocks), 2):
        first, last = max(a.first, b.first), min(a.last, b.last)
        low, top = max(a.offset, b.offset), min(a.offset + a.size, b.offset + b.size)
        if first <= last and low < top:
            found.append(Overlap(one, other, first, last, low, top - low))
    return tuple(found)


def _span(start: int, stop: int, scale: float) -> tuple[int, int]:
    """Rows or columns that a block takes, at least one; it begins where the one before ends."""
    first = int(start * scale)
    return first, max(int(stop * scale), first + 1)


def block_at(state: MemoryState, step: float, byte: float) -> Block | None:
    """The smallest rectangle at a point: of tensors that share a place the one inside."""
    found = [block for block in state.blocks if block.holds(step, byte)]
    return min(found, key=lambda block: (block.size, -block.first), default=None)


def block_text(state: MemoryState, block: Block) -> str:
    """One line about a rectangle."""
    last = min(block.last, len(state.steps) - 1)
    steps = f"step {block.first + 1}" + (f" to {last + 1}" if last > block.first else "")
    end = block.offset + block.size
    over = f" · over what is read of {block.over}" if block.over else ""
    copied = f" · made and read by {block.copied_for}" if block.copied_for else ""
    return (
        f"{block.name} · {data_size(block.size)} · {steps} of {len(state.steps)} · "
        f"bytes {whole(block.offset)} to {whole(end)}{over}{copied}{_shared(state, block)}"
    )


def _shared(state: MemoryState, block: Block) -> str:
    """With what a rectangle shares how many bytes while both are drawn."""
    parts = []
    for overlap in state.overlaps:
        pair = (state.blocks[overlap.one], state.blocks[overlap.other])
        if block in pair:
            other = pair[1] if pair[0] == block else pair[0]
            parts.append(f"{data_size(overlap.size)} with {other.name}")
    return f" · shares {', '.join(parts)}" if parts else ""


def peak_text(layer: str, live: tuple[tuple[str, int], ...]) -> str:
    """The cause of the peak: the layer that runs, and the tensors that live then."""
    largest = sorted(live, key=lambda part: -part[1])
    named = [f"{name} {data_size(size)}" for name, size in largest[:3]]
    rest = len(largest) - len(named)
    others = f" and {rest} more" if rest else ""
    return f"Peak at {layer}: {', '.join(named)}{others}"


def headline(state: MemoryState) -> str:
    """Size against the lower bound."""
    spare = state.size - state.lower_bound
    if spare <= 0:
        return f"Arena {data_size(state.size)}, no layout is smaller"
    share = spare / max(state.lower_bound, 1) * 100
    return (
        f"Arena {data_size(state.size)}, lower bound {data_size(state.lower_bound)} "
        f"(+{share:.1f} %)"
    )


def uncovered(block: Block, above: Sequence[Block]) -> tuple[float, float]:
    """The longest run of a block's steps, as first and end, that no block `above` hides.

    Only the middle of its bytes counts, where its name stands.
    """
    middle = block.offset + block.size / 2
    hidden = sorted(
        (other.first, other.last + 1)
        for other in above
        if other.offset <= middle < other.offset + other.size
        and other.first <= block.last
        and block.first <= other.last
    )
    runs, begin = [], block.first
    for first, end in hidden:
        runs.append((begin, first))
        begin = max(begin, end)
    runs.append((begin, block.last + 1))
    first, end = max(runs, key=lambda run: run[1] - run[0])
    return float(first), float(max(first, end))
