"""Constants of quantized models: evaluated while reading, with their integers remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
        raise Refused(f"integers of type {name} are not supported")
    return STORED[name]


def with_encodings(
    node: WireNode, operands: Sequence[Value | None], results: Sequence[Known]
) -> tuple[Known, ...]:
    """Results of a constant operator, with what is still known of the integers behind them.

    Whatever only moves values keeps one scale; a transposition keeps several, too.
    """
    first = operands[0] if operands else None
    if not isinstance(first, Known) or node.op_type not in _MOVES or len(results) != 1:
        return tuple(results)
    return (replace(_moved(node, first, results[0]), bits=first.bits),)


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
