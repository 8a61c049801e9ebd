"""Shapes that a file computes, as constants.

Exporters write what a Reshape or a transposed convolution needs as operators: SHAPE of a tensor, of
which one size is taken, multiplied and put into a list. All sizes but the batch are fixed, and so
is the batch that a file is made for. Sizes that the file leaves open are known once operators in
front of them are translated; those operators are folded then.
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
_Fold = Callable[[WireOperator, Sequence[WireTensor]], Int64Array | None]
_ELLIPSIS, _NEW_AXIS, _SHRINK, _OFFSET = 2, 3, 4, 5


def fold_shapes(graph: WireGraph) -> WireGraph:
    """The graph without operators that compute with nothing but shapes."""
    if not any(operator.kind == "SHAPE" for operator in graph.operators):
        return graph
    tensors = list(graph.tensors)
    gone: set[int] = set()
    for operator in graph.operators:
        made = folded(operator, tensors)
        if made is not None:
            tensors[made.index] = made
            gone.add(operator.index)
    kept = tuple(held for held in graph.operators if held.index not in gone)
    return replace(graph, tensors=tuple(tensors), operators=kept)


def folded(operator: WireOperator, tensors: Sequence[WireTensor]) -> WireTensor | None:
    """The output of an operator that computes with nothing but shapes, as a constant."""
    fold = _FOLDS.get(operator.kind)
    if fold is None or len(operator.outputs) != 1 or not operator.inputs:
        return None
    output = tensors[operator.outputs[0]]
    made = fold(operator, tensors)
    if made is None or not _fits(made, output):
        return None
    data = made.astype(_TYPES[output.kind]).reshape(-1).view(np.uint8)
    return replace(output, data=data)


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


def _arithmetic(function: Callable[[Int64Array, Int64Array], Int64Array]) -> _Fold:
    """Of two numbers, of two lists, or of each entry of a list with a number."""

    def fold(operator: WireOperator, tensors: Sequence[WireTensor]) -> Int64Array | None:
        parts = _all_known(operator, tensors)
        if parts is None or len(parts) != 2 or max(part.ndim for part in parts) > 1:
            return None
        first, second = parts
        if first.ndim == second.ndim and first.shape != second.shape:
            return None
        return np.asarray(function(first, second))

    return fold


def _quotient(first: Int64Array, second: Int64Array) -> Int64Array:
    """Rounded down; of a division by 0 a number that no size is."""
    divisor = np.where(second == 0, 1, second)
    return np.where(second == 0, MAX_DIM + 1, first // divisor)


def _same(operator: WireOperator, tensors: Sequence[WireTensor]) -> Int64Array | None:
    """The integers in the other type."""
    return _known(tensors, operator.inputs[0])


def _gather(operator: WireOperator, tensors: Sequence[WireTensor]) -> Int64Array | None:
    """Entries of a list by their places."""
    parts = _all_known(operator, tensors)
    if parts is None or len(parts) != 2 or parts[0].ndim != 1 or parts[1].ndim > 1:
        return None
    values, places = parts
    inside = bool(((places >= 0) & (places < values.size)).all())
    return np.asarray(values[places]) if inside else None


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


_FOLDS: Mapping[str, _Fold] = MappingProxyType(
    {
        "SHAPE": _shape,
        "STRIDED_SLICE": _strided_slice,
        "PACK": _pack,
        "CONCATENATION": _concatenation,
        "ADD": _arithmetic(np.add),
        "SUB": _arithmetic(np.subtract),
        "MUL": _arithmetic(np.multiply),
        "FLOOR_DIV": _arithmetic(_quotient),
        "MAXIMUM": _arithmetic(np.maximum),
        "MINIMUM": _arithmetic(np.minimum),
        "CAST": _same,
        "GATHER": _gather,
        "REDUCE_PROD": _reduce_prod,
    }
)
