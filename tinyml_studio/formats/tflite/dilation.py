"""Dilated convolutions that a file writes between SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND.

The first moves every b-th pixel into a sample of its own, the last moves them back: the
convolution between them sees pixels b apart, so it is the dilated one, integer by integer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.element_types import INT32, decode
from tinyml_studio.formats.tflite.schema import Blocks, WireGraph, WireOperator, WireTensor
from tinyml_studio.formats.tflite.windows import VALID
from tinyml_studio.ir.ops import Shape

_CONVOLUTIONS = {"CONV_2D": (4, 5), "DEPTHWISE_CONV_2D": (5, 6)}
"""Numbers of their options for the dilations."""


def fold_dilations(graph: WireGraph) -> WireGraph:
    """Each such convolution as one operator from the first's input to the last's output.

    What does not fit exactly is left as it stands: other strides, a grid of its own, a tensor
    between them that something else reads.
    """
    makers = {index: held for held in graph.operators for index in held.outputs}
    reads = Counter(index for held in graph.operators for index in held.inputs)
    reads.update(graph.outputs)
    gone: set[int] = set()
    folded: dict[int, WireOperator] = {}
    for last in graph.operators:
        middle = _maker(last, "BATCH_TO_SPACE_ND", makers)
        first = None if middle is None else makers.get(middle.inputs[0])
        if middle is None or first is None or first.kind != "SPACE_TO_BATCH_ND":
            continue
        between = (first.outputs[0], middle.outputs[0])
        if any(reads[index] != 1 for index in between):
            continue
        blocks = _blocks(graph.tensors, first, middle, last)
        if blocks is not None:
            inputs = (first.inputs[0], *middle.inputs[1:])
            folded[last.index] = replace(middle, inputs=inputs, outputs=last.outputs, blocks=blocks)
            gone |= {first.index, middle.index}
    kept = (folded.get(held.index, held) for held in graph.operators if held.index not in gone)
    return replace(graph, operators=tuple(kept))


def _maker(last: WireOperator, kind: str, makers: dict[int, WireOperator]) -> WireOperator | None:
    """The convolution in front of an operator of a kind."""
    if last.kind != kind or len(last.inputs) != 3:
        return None
    middle = makers.get(last.inputs[0])
    return middle if middle is not None and middle.kind in _CONVOLUTIONS else None


def _blocks(
    tensors: tuple[WireTensor, ...], first: WireOperator, middle: WireOperator, last: WireOperator
) -> Blocks | None:
    """Dilation and padding, where all three fit together."""
    if len(first.inputs) != 3 or not slides_by_one(middle):
        return None
    pairs = (first.inputs[0], first.outputs[0]), (middle.outputs[0], last.outputs[0])
    if not all(same_grid(tensors[one], tensors[other]) for one, other in pairs):
        return None
    held = [constant_list(tensors[index]) for index in (*first.inputs[1:], *last.inputs[1:])]
    if [len(values) for values in held] != [2, 4, 2, 4] or held[0] != held[2] or min(held[0]) < 1:
        return None
    left = [more - less for more, less in zip(held[1], held[3], strict=True)]
    if min(left) < 0:
        return None
    return Blocks(held[0], ((left[0], left[1]), (left[2], left[3])))


def slides_by_one(conv: WireOperator) -> bool:
    """Whether a convolution has no padding, strides of 1 and no dilation of its own."""
    options = conv.options
    if options is None or options.integer(0, "i1") != VALID:
        return False
    numbers = (1, 2, *_CONVOLUTIONS[conv.kind])
    return all(options.integer(number, "<i4", 1) == 1 for number in numbers)


def constant_list(tensor: WireTensor) -> Shape:
    """A constant list of integers; none for anything else."""
    if tensor.data is None or tensor.kind != INT32:
        return ()
    try:
        return tuple(int(value) for value in decode(tensor).reshape(-1)[:5])
    except Refused:
        return ()


def same_grid(first: WireTensor, second: WireTensor) -> bool:
    """Whether two tensors have the same scales and zero points."""
    one, other = first.quantization, second.quantization
    if one is None or other is None:
        return one is other and first.kind == second.kind
    same = np.array_equal(one.scale, other.scale)
    return same and np.array_equal(one.zero_point, other.zero_point)
