"""Shapes that a file computes, as constants.

Exporters write what a Reshape needs as operators: SHAPE of a tensor, of which one size is taken
and put into a list. All sizes but the batch are fixed, and so is the batch that a file is made for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.formats.limits import MAX_DIM
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.element_types import INT32, INT64, decode
from tinyml_studio.formats.tflite.schema import WireGraph, WireOperator, WireTensor

_MAX_ELEMENTS = 64
_TYPES: Mapping[int, np.dtype[Any]] = {INT32: np.dtype("<i4"), INT64: np.dtype("<i8")}
_ELLIPSIS, _NEW_AXIS, _SHRINK, _OFFSET = 2, 3, 4, 5


def fold_shapes(graph: WireGraph) -> WireGraph:
    """The graph without operators that compute with nothing but shapes."""
    if not any(operator.kind == "SHAPE" for operator in graph.operators):
        return graph
    tensors = list(graph.tensors)
    gone: set[int] = set()
    for operator in graph.operators:
        fold = _FOLDS.get(operator.kind)
        if fold is None or len(operator.outputs) != 1 or not operator.inputs:
            continue
        (output,) = operator.outputs
        made = fold(operator, tensors)
        if made is not None and _fits(made, tensors[output]):
            data = made.astype(_TYPES[tensors[output].kind]).reshape(-1).view(np.uint8)
            tensors[output] = replace(tensors[output], data=data)
            gone.add(operator.index)
    kept = tuple(held for held in graph.operators if held.index not in gone)
    return replace(graph, tensors=tuple(tensors), operators=kept)


def _fits(made: Int64Array, output: WireTensor) -> bool:
    return (
        output.kind in _TYPES
        and 0 < made.size <= _MAX_ELEMENTS
        and made.shape == output.shape
        and bool((np.abs(made) <= MAX_DIM).all())
    )


def _shape(operator: WireOperator, tensors: Sequence[WireTensor]) -> Int64Array | None:
    source = tensors[operator.inputs[0]]
    return None if source.dynamic else np.array(source.shape, np.int64)


def _strided_slice(operator: WireOperator, tensors: Sequence[WireTensor]) -> Int64Array | None:
    """Some entries of a list, or one of them."""
    held = [_known(tensors, index) for index in operator.inputs]
    options = operator.options
    if options is None or len(held) != 4 or any(part is None for part in held):
        return None
    values, begin, end, step = (np.atleast_1d(part) for part in held if part is not None)
    odd = any(options.integer(mask, "<i4") for mask in (_ELLIPSIS, _NEW_AXIS))
    if odd or options.integer(_OFFSET, "u1") or values.ndim != 1:
        return None
    if any(part.shape != (1,) for part in (begin, end, step)) or step[0] == 0:
        return None
    if options.integer(_SHRINK, "<i4") & 1:
        place = int(begin[0])
        return values[place] if -len(values) <= place < len(values) else None
    first = None if options.integer(0, "<i4") & 1 else int(begin[0])
    last = None if options.integer(1, "<i4") & 1 else int(end[0])
    taken: Int64Array = values[first : last : int(step[0])]
    return taken


def _pack(operator: WireOperator, tensors: Sequence[WireTensor]) -> Int64Array | None:
    """Single numbers as a list."""
    parts = _all_known(operator, tensors)
    if parts is None or any(part.shape != () for part in parts):
        return None
    return np.array(parts, np.int64)


def _concatenation(operator: WireOperator, tensors: Sequence[WireTensor]) -> Int64Array | None:
    """Lists as one list."""
    parts = _all_known(operator, tensors)
    if parts is None or any(part.ndim != 1 for part in parts):
        return None
    return np.concatenate(parts)


def _mul(operator: WireOperator, tensors: Sequence[WireTensor]) -> Int64Array | None:
    """A product of two numbers, or of each entry of a list with a number."""
    parts = _all_known(operator, tensors)
    if parts is None or len(parts) != 2 or min(part.ndim for part in parts) > 0:
        return None
    return np.asarray(parts[0] * parts[1])


def _reduce_prod(operator: WireOperator, tensors: Sequence[WireTensor]) -> Int64Array | None:
    """The product of a list."""
    values = _known(tensors, operator.inputs[0])
    if values is None or values.ndim != 1:
        return None
    keep = operator.options is not None and operator.options.flag(0)
    product = min(prod(values.tolist()), MAX_DIM + 1)
    return np.array([product] if keep else product, np.int64)


def _all_known(operator: WireOperator, tensors: Sequence[WireTensor]) -> list[Int64Array] | None:
    held = [_known(tensors, index) for index in operator.inputs]
    known = [part for part in held if part is not None]
    return known if len(known) == len(held) else None


def _known(tensors: Sequence[WireTensor], index: int) -> Int64Array | None:
    """The integers of a constant; None for anything else."""
    tensor = tensors[index] if index >= 0 else None
    if tensor is None or tensor.data is None or tensor.kind not in _TYPES:
        return None
    if np.prod(tensor.shape) > _MAX_ELEMENTS:
        return None
    try:
        values = decode(tensor).astype(np.int64)
    except Refused:
        return None
    return values if (np.abs(values) <= MAX_DIM).all() else None


_Fold = Callable[[WireOperator, Sequence[WireTensor]], Int64Array | None]
_FOLDS: Mapping[str, _Fold] = MappingProxyType(
    {
        "SHAPE": _shape,
        "STRIDED_SLICE": _strided_slice,
        "PACK": _pack,
        "CONCATENATION": _concatenation,
        "MUL": _mul,
        "REDUCE_PROD": _reduce_prod,
    }
)
