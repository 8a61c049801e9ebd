"""The memory plan as a comment: what lies where in the arena, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tinyml_studio.emit.c_text import block_comment, comment_text
from tinyml_studio.emit.scratch import ScratchPlan
from tinyml_studio.program.arena import ArenaPlan
from tinyml_studio.program.lifetimes import state_tensors, tensor_lifetimes
from tinyml_studio.program.program import Program

MAX_ROWS = 64
_COPY = "copy of {}"
_NAME = 36


@dataclass(frozen=True, slots=True)
class Row:
    """Bytes of the arena over some steps.

    Parameters
    ----------
    offset, size
        Bytes.
    first, last
        Steps, both included: the calls count from 1; before is 0, after the last is one more.
    name
        The tensor, or what the bytes are for.
    place
        The first of the tensors that share one place with it on purpose; its own name if alone.
    over
        The operand over part of which it is written while that is read; "" for none.
    """

    offset: int
    size: int
    first: int
    last: int
    name: str
    place: str
    over: str = ""


def rows(program: Program, plan: ArenaPlan, scratch: ScratchPlan) -> tuple[Row, ...]:
    """Everything in the arena, by time and place."""
    found = [
        *_tensor_rows(program, plan),
        *_copy_rows(program, plan),
        *_scratch_rows(program, scratch),
    ]
    return tuple(sorted(found, key=lambda row: (row.first, row.offset, row.last, row.name)))


def memory_plan(program: Program, plan: ArenaPlan, scratch: ScratchPlan) -> str:
    """The comment; of more than `MAX_ROWS` rows it holds the largest."""
    every = rows(program, plan, scratch)
    kept = set(sorted(range(len(every)), key=lambda i: (-every[i].size, i))[:MAX_ROWS])
    left = len(every) - len(kept)
    arena, states = max(scratch.size, 1), plan.state_bytes
    lines = [
        f"Memory plan: {arena} bytes of arena, {states} of them for states.",
        *_peak(plan),
        f"No plan takes less than {plan.lower_bound} bytes of tensors, even if every result that",
        "reaches into its operand were written over it wholly.",
        "Steps count the instructions from 1; inputs are written in step 0, and outputs read",
        f"in step {len(program.instructions) + 1}. A name behind = is whose place is shared, one",
        "behind ~ the operand over which a result is written that has been read by then.",
        "",
        "  offset    bytes  steps       what",
        *(_line(row) for index, row in enumerate(every) if index in kept),
        *([f"  and {left} smaller ones"] if left else []),
    ]
    return block_comment(lines)


def _peak(plan: ArenaPlan) -> list[str]:
    if not plan.steps:
        return []
    step = max(range(len(plan.steps)), key=lambda index: plan.steps[index].live_bytes)
    full = plan.steps[step]
    layer = comment_text(full.layer, limit=_NAME)
    return [f'Peak: {full.live_bytes} bytes live at once in step {step + 1}, "{layer}".']


def _line(row: Row) -> str:
    steps = f"{row.first}-{row.last}"
    shared = "" if row.place == row.name else f" = {comment_text(row.place, limit=_NAME)}"
    shared += f" ~ {comment_text(row.over, limit=_NAME)}" if row.over else ""
    name = comment_text(row.name, limit=_NAME)
    return f"{row.offset:8} {row.size:8}  {steps:10}  {name}{shared}"


def _tensor_rows(program: Program, plan: ArenaPlan) -> Iterator[Row]:
    place = {name: names[0] for names in plan.buffers for name in names}
    states = frozenset(state_tensors(program))
    for name, life in tensor_lifetimes(program, plan.copies).items():
        size = program.tensors[name].nbytes
        first, last = life.first + 1, life.last + 1
        label = f"state {name}" if name in states else name
        shared = label if name in states else place[name]
        over = plan.over.get(name, "")
        over = _COPY.format(over) if name in plan.copies else over
        yield Row(plan.offsets[name], size, first, last, label, shared, over)


def _copy_rows(program: Program, plan: ArenaPlan) -> Iterator[Row]:
    for step, item in enumerate(program.instructions, start=1):
        if item.output in plan.copies:
            label = _COPY.format(item.inputs[0])
            size = program.tensors[item.inputs[0]].nbytes
            yield Row(plan.copies[item.output], size, step, step, label, label)


def _scratch_rows(program: Program, scratch: ScratchPlan) -> Iterator[Row]:
    for step, item in enumerate(program.instructions, start=1):
        if item.output in scratch.offsets:
            label = f"scratch of {item.layer}"
            size = scratch.sizes[item.output]
            yield Row(scratch.offsets[item.output], size, step, step, label, label)
