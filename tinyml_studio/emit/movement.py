"""What concatenation, slices, padding and transposition have in common: a strided walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.geometry import merged_loops
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program


@dataclass(frozen=True, slots=True)
class Side:
    """Where a walk starts in a tensor, and how far it goes on each axis."""

    tensor: str
    start: int
    strides: Sequence[int]


def move(
    item: Instruction, program: Program, sizes: Sequence[int], source: Side, target: Side
) -> KernelCall:
    """One call of ``tms_move``."""
    loops = merged_loops(sizes, source.strides, target.strides, item=item)
    layer = Parameters(
        "tms_move_t",
        {
            "sizes": loops.sizes,
            "in_start": source.start,
            "in_strides": loops.strides[0],
            "out_start": target.start,
            "out_strides": loops.strides[1],
        },
    )
    binding = Binding(input=program.tensors[target.tensor].type)
    return KernelCall("tms_move", binding, (layer, Operand(source.tensor), Result(target.tensor)))
