"""Results written over an operand from which the instruction still reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tinyml_studio.program.lifetimes import Buffer
from tinyml_studio.program.program import Program


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far the result of an instruction may reach into one of its operands.

    Parameters
    ----------
    operand
        The tensor that is read, and needed by nobody afterwards.
    distance
        Bytes from the first one of the result to the first one of the operand, at least: closer
        together a result would be written over a value that is still to be read.
    exact
        Whether only this distance is safe, besides no overlap at all.
    """

    operand: str
    distance: int
    exact: bool = False


Overlaps = Mapping[str, Overlap]
"""By the tensor that is written."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Two buffers that meet in one step only, in which one is read and the other written.

    Parameters
    ----------
    read, written
        The buffers.
    distance
        Bytes from the beginning of the written one to that of the other, at least.
    exact
        Whether only this distance is safe, besides no overlap at all.
    step
        Where they meet.
    tensor
        What is written.
    """

    read: Buffer
    written: Buffer
    distance: int
    exact: bool
    step: int
    tensor: str

    def spared(self, alignment: int, *, ideal: bool) -> int:
        """Bytes that both take less than one behind the other, rounded up to the alignment.

        `ideal` is for an instruction that could write wherever it reads.
        """
        sizes = [-(-part.size // alignment) * alignment for part in (self.read, self.written)]
        if ideal:
            return min(sizes)
        distance = -(-self.distance // alignment) * alignment
        apart = min(max(distance, 0), sizes[1])
        return max(sum(sizes) - max(sizes[1], apart + sizes[0]), 0)


def ties(
    program: Program,
    buffers: Sequence[Buffer],
    overlaps: Overlaps,
    copies: Mapping[str, Buffer],
) -> tuple[Tie, ...]:
    """The pairs of buffers that may overlap in the step of an instruction.

    `copies` are the buffers of instructions that begin with a copy of their operand.
    """
    held = {name: buffer for buffer in buffers for name in buffer.tensors}
    found = []
    for step, item in enumerate(program.instructions):
        overlap = overlaps.get(item.output)
        if overlap is None or overlap.operand not in held:
            continue
        copy, written = copies.get(item.output), held[item.output]
        read = held[overlap.operand] if copy is None else copy
        if read is written or read.lifetime.last != step or written.lifetime.first != step:
            continue
        place = read.place(overlap.operand) if copy is None else 0
        # from tensors to the buffers in which they lie
        distance = overlap.distance - place + written.place(item.output)
        found.append(Tie(read, written, distance, overlap.exact, step, item.output))
    return tuple(found)
