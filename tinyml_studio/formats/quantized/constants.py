"""Constants of quantized models: evaluated while reading, with their integers remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tinyml_studio.arith.inttype import width_of
from tinyml_studio.formats.element_types import type_name
from tinyml_studio.formats.encoding import StoredType
from tinyml_studio.formats.quantized.parameters import STORED
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Known, Value
from tinyml_studio.formats.wire import WireNode

_RESHAPES = frozenset({"Reshape", "Flatten", "Squeeze", "Unsqueeze"})
_MOVES = _RESHAPES | {"Transpose", "Slice", "Gather"}


def kind_of_element(element: int) -> StoredType:
    """The integer type of a number of ``TensorProto.DataType``; `Refused` for any other."""
    name = type_name(element)
    if name not in STORED:
        raise Refused(f"{name} is not supported as the type of a quantized tensor")
    return STORED[name]


def with_encodings(
    node: WireNode, operands: Sequence[Value | None], results: Sequence[Known]
) -> tuple[Known, ...]:
    """Results of a constant operator, with what is still known of the integers behind them.

    Whatever only moves values keeps one scale; a transposition keeps several, too.
    """
    first = operands[0] if operands else None
    if node.op_type == "Clip" and isinstance(first, Known) and len(results) == 1:
        return (replace(results[0], bits=first.bits, narrow=_narrow(first, operands[1:])),)
    if not isinstance(first, Known) or node.op_type not in _MOVES or len(results) != 1:
        return tuple(results)
    return (replace(_moved(node, first, results[0]), bits=first.bits, narrow=first.narrow),)


def _narrow(first: Known, limits: Sequence[Value | None]) -> int:
    """The width of integers between two limits, as Brevitas writes those below 8 bits."""
    ends = [limit.array for limit in limits if isinstance(limit, Known) and limit.array.size == 1]
    if first.array.dtype.kind not in "iu" or len(ends) < 2:
        return 0
    signed = first.array.dtype.kind == "i"
    return width_of(np.array([int(end.item()) for end in ends])) - (not signed)


def _moved(node: WireNode, first: Known, result: Known) -> Known:
    """One result with its encoding."""
    held, array = first.encoding, result.array
    if held is None:
        return result
    if node.op_type == "Transpose":
        rank = first.array.ndim
        perm = node.attributes.integers("perm") or tuple(reversed(range(rank)))
        return replace(result, encoding=held.transposed(tuple(axis % rank for axis in perm)))
    if not held.is_single:
        return result
    exact = None
    if held.integers is not None and node.op_type in _RESHAPES:
        exact = held.integers.reshape(array.shape)
    return replace(result, encoding=held.moved(exact))
