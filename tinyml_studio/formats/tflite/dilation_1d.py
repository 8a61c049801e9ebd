"""Dilated convolutions of sequences that a file writes as moves to the batch.

As for images (`dilation`), with an axis of one put in behind the first move and taken out before
the second, because the convolution is one of images. Folded, that axis goes around the dilated one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tinyml_studio.formats.tflite.dilation import constant_list, same_grid, slides_by_one
from tinyml_studio.formats.tflite.schema import Blocks, WireGraph, WireOperator, WireTensor
from tinyml_studio.ir.ops import Shape

_RESHAPES = frozenset({"RESHAPE", "EXPAND_DIMS", "SQUEEZE"})


@dataclass(frozen=True, eq=False)
class _Chain:
    """The five operators in order."""

    first: WireOperator
    widen: WireOperator
    conv: WireOperator
    narrow: WireOperator
    last: WireOperator


def fold_sequences(graph: WireGraph) -> WireGraph:
    """Each such convolution as a reshape, the dilated convolution, and a reshape back."""
    if not any(held.kind == "BATCH_TO_SPACE_ND" for held in graph.operators):
        return graph
    tensors = list(graph.tensors)
    instead: dict[int, WireOperator] = {}
    gone: set[int] = set()
    for chain in _chains(graph):
        blocks = _blocks(graph.tensors, chain)
        if blocks is None:
            continue
        source, target = (
            graph.tensors[at] for at in (chain.first.inputs[0], chain.last.outputs[0])
        )
        axis = 1 if blocks.dilations[0] == 1 else 2
        wide = _added(tensors, source, _widened(source.shape, axis))
        made = _added(tensors, target, _widened(target.shape, axis))
        instead[chain.widen.index] = replace(
            chain.widen, inputs=(source.index, *chain.widen.inputs[1:]), outputs=(wide,)
        )
        inputs = (wide, *chain.conv.inputs[1:])
        instead[chain.conv.index] = replace(
            chain.conv, inputs=inputs, outputs=(made,), blocks=blocks
        )
        instead[chain.narrow.index] = replace(
            chain.narrow, inputs=(made, *chain.narrow.inputs[1:]), outputs=chain.last.outputs
        )
        gone |= {chain.first.index, chain.last.index}
    kept = (instead.get(held.index, held) for held in graph.operators if held.index not in gone)
    return replace(graph, tensors=tuple(tensors), operators=tuple(kept))


def _chains(graph: WireGraph) -> list[_Chain]:
    """Five operators each, between which nothing else reads."""
    makers = {index: held for held in graph.operators for index in held.outputs}
    reads = Counter(index for held in graph.operators for index in held.inputs)
    reads.update(graph.outputs)
    kinds = ({"SPACE_TO_BATCH_ND"}, _RESHAPES, {"CONV_2D", "DEPTHWISE_CONV_2D"}, _RESHAPES)
    found = []
    for last in graph.operators:
        line: list[WireOperator] = [last]
        for wanted in reversed(kinds):
            source = line[0].inputs[0] if line[0].inputs else -1
            maker = makers.get(source)
            if maker is None or maker.kind not in wanted or reads[source] != 1:
                break
            line.insert(0, maker)
        if len(line) == len(kinds) + 1 and last.kind == "BATCH_TO_SPACE_ND":
            found.append(_Chain(*line))
    return found


def _blocks(tensors: tuple[WireTensor, ...], chain: _Chain) -> Blocks | None:
    """Dilation and padding, where all five fit together."""
    if min(len(chain.first.inputs), len(chain.last.inputs)) < 3 or not slides_by_one(chain.conv):
        return None
    source, moved = tensors[chain.first.inputs[0]], tensors[chain.first.outputs[0]]
    wide, made = tensors[chain.widen.outputs[0]], tensors[chain.conv.outputs[0]]
    thin, target = tensors[chain.narrow.outputs[0]], tensors[chain.last.outputs[0]]
    axes = [
        axis
        for axis in (1, 2)
        if wide.shape == _widened(moved.shape, axis) and made.shape == _widened(thin.shape, axis)
    ]
    pairs = ((source, moved), (moved, wide), (made, thin), (thin, target))
    grids = all(same_grid(one, other) for one, other in pairs)
    held = [constant_list(tensors[at]) for at in (*chain.first.inputs[1:], *chain.last.inputs[1:])]
    if not (axes and grids and len(source.shape) == 3) or [len(part) for part in held] != [
        1,
        2,
        1,
        2,
    ]:
        return None
    (block,), pads, (other,), crops = held
    ends = (pads[0] - crops[0], pads[1] - crops[1])
    if block != other or block < 1 or min(ends) < 0:
        return None
    if axes[0] == 1:
        return Blocks((1, block), ((0, 0), ends))
    return Blocks((block, 1), (ends, (0, 0)))


def _widened(shape: Shape, axis: int) -> Shape:
    return (*shape[:axis], 1, *shape[axis:])


def _added(tensors: list[WireTensor], like: WireTensor, shape: Sequence[int]) -> int:
    """A further tensor on the grid of another; returns its index."""
    index = len(tensors)
    name = f"{like.name}/wide"
    tensors.append(replace(like, index=index, name=name, shape=tuple(shape), data=None))
    return index
