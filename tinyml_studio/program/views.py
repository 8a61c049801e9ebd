"""Which instructions move nothing when their tensors lie one in the other."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from math import prod

from tinyml_studio.program.instructions import Concat, Instruction, Reshape, Slice
from tinyml_studio.program.program import Program

WORD = 4
"""Views begin at whole words, as kernels read several values at once."""


def moved_bytes(program: Program, item: Instruction) -> tuple[int, ...] | None:
    """Where the tensors of an instruction that only moves lie in each other, in bytes.

    For a Concat the place of each part in the output, for a Slice or Reshape that of the output
    in the input; None where the values do not stay together, or not at a word.
    """
    if isinstance(item, Reshape):
        return (0,)
    if isinstance(item, Slice):
        found = _slice(program, item)
    elif isinstance(item, Concat):
        found = _concat(program, item)
    else:
        return None
    return found if found is not None and not any(at % WORD for at in found) else None


def view_candidates(program: Program) -> tuple[str, ...]:
    """Outputs of the Concats and Slices that can be views as far as their values stay together."""
    return tuple(
        item.output
        for item in program.instructions
        if not isinstance(item, Reshape) and moved_bytes(program, item) is not None
    )


def is_view(program: Program, item: Instruction, offsets: Mapping[str, int]) -> bool:
    """Whether the places in the arena leave an instruction nothing to move."""
    moved = moved_bytes(program, item)
    if moved is None or any(name not in offsets for name in (item.output, *item.inputs)):
        return False
    output = offsets[item.output]
    if isinstance(item, Concat):
        pairs = zip(item.inputs, moved, strict=True)
        return all(offsets[name] == output + at for name, at in pairs)
    return output == offsets[item.inputs[0]] + moved[0]


def _concat(program: Program, item: Concat) -> tuple[int, ...] | None:
    """Parts follow each other where all axes before the joined one have one entry."""
    output = program.tensors[item.output]
    parts = [program.tensors[name] for name in item.inputs]
    if prod(output.shape[: item.axis]) != 1 or item.axis < 0:
        return None
    if any(part.type.carrier != output.type.carrier for part in parts):
        return None
    return tuple(accumulate((part.nbytes for part in parts[:-1]), initial=0))


def _slice(program: Program, item: Slice) -> tuple[int, ...] | None:
    """As many values as there are between the first and the last, upwards: they are neighbours."""
    source = program.tensors[item.inputs[0]]
    strides = [prod(source.shape[axis + 1 :]) for axis in range(len(source.shape))]
    if any(step < 1 and size > 1 for step, size in zip(item.steps, item.sizes, strict=True)):
        return None
    first = sum(start * stride for start, stride in zip(item.starts, strides, strict=True))
    reach = sum(
        step * (size - 1) * stride
        for step, size, stride in zip(item.steps, item.sizes, strides, strict=True)
    )
    if reach + 1 != prod(item.sizes):
        return None
    return (first * source.type.carrier.itemsize,)
