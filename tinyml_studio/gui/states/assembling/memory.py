"""The rectangles of the arena, from the plan of the exported program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.states.memory import (
    Block,
    MemoryState,
    overlaps_of,
    peak_text,
    picture_of,
)
from tinyml_studio.gui.states.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tinyml_studio.ir.graph import Graph
    from tinyml_studio.program.arena import ArenaPlan
    from tinyml_studio.program.program import Program


def memory_state(
    program: Program, plan: ArenaPlan, graph: Graph, names: Mapping[str, str]
) -> MemoryState:
    """Every tensor with its place and its time; `names` are short names of layers."""
    if not plan.steps:
        return MemoryState(hint="The network has no step that computes")
    peak = max(range(len(plan.steps)), key=lambda step: plan.steps[step].live_bytes)
    makers = _makers(program, graph)
    spans = _spans(plan)
    blocks = tuple(
        Block(
            key=makers.get(tensor, ""),
            name=_short(tensor, makers, names),
            tensor=clean(tensor, limit=200),
            first=spans[tensor][0],
            last=spans[tensor][1],
            offset=offset,
            size=program.tensors[tensor].nbytes,
            at_peak=spans[tensor][0] <= peak <= spans[tensor][1],
            over=_short(plan.over[tensor], makers, names) if tensor in plan.over else "",
        )
        for tensor, offset in sorted(plan.offsets.items(), key=lambda held: spans[held[0]])
        if tensor in spans
    )
    blocks = tuple(sorted((*blocks, *_copies(program, plan, makers, names, peak)), key=_begin))
    steps = tuple(names.get(step.layer, clean(step.layer, limit=40)) for step in plan.steps)
    live = tuple((block.name, block.size) for block in blocks if block.at_peak)
    return MemoryState(
        blocks=blocks,
        steps=steps,
        size=plan.size,
        lower_bound=plan.lower_bound,
        peak=peak,
        cause=peak_text(steps[peak], live),
        picture=picture_of(blocks, len(steps), plan.size),
        overlaps=overlaps_of(blocks),
    )


def _begin(block: Block) -> int:
    return block.first


def _copies(
    program: Program,
    plan: ArenaPlan,
    makers: Mapping[str, str],
    names: Mapping[str, str],
    peak: int,
) -> tuple[Block, ...]:
    """The copies of operands with which layers begin; each lives in one step."""
    return tuple(
        Block(
            key=step.layer,
            name=f"copy of {_short(step.copied, makers, names)}",
            tensor=clean(f"copy of {step.copied}", limit=200),
            first=place,
            last=place,
            offset=plan.copies[step.output],
            size=program.tensors[step.copied].nbytes,
            at_peak=place == peak,
            copied_for=names.get(step.layer, clean(step.layer, limit=40)),
        )
        for place, step in enumerate(plan.steps)
        if step.copied
    )


def _short(tensor: str, makers: Mapping[str, str], names: Mapping[str, str]) -> str:
    """The short name of the layer that makes a tensor."""
    return names.get(makers.get(tensor, ""), clean(tensor, limit=40))


def _makers(program: Program, graph: Graph) -> Mapping[str, str]:
    """The layer that makes each tensor; an input of the model is a layer."""
    makers = {port.tensor: port.name for port in graph.inputs}
    for item in program.instructions:
        makers |= dict.fromkeys((item.output, *item.states, *item.memory), item.layer)
    return makers


def _spans(plan: ArenaPlan) -> Mapping[str, tuple[int, int]]:
    """First and last step of every tensor."""
    spans: dict[str, tuple[int, int]] = {}
    for place, step in enumerate(plan.steps):
        for name in step.live:
            spans[name] = (spans.get(name, (place, place))[0], place)
    return spans
