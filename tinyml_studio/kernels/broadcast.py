"""Operands of different rank, batched, so that NumPy broadcasts their samples."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.arith.inttype import INT8, Int64Array
from tinyml_studio.kernels.activation import Activation


def centred_pair(operands: Sequence[Activation]) -> tuple[Int64Array, Int64Array]:
    """``q - zero_point`` of two operands, unit axes inserted behind the batch axis."""
    a, b = operands
    rank = max(len(a.tensor.shape), len(b.tensor.shape))
    return _with_rank(a.centred, rank), _with_rank(b.centred, rank)


def _with_rank(values: Int64Array, rank: int) -> Int64Array:
    missing = rank + 1 - values.ndim
    return values.reshape(len(values), *(1,) * missing, *values.shape[1:])


def are_narrow_planes(operands: Sequence[Activation]) -> bool:
    """Whether all operands have 8 bits or fewer, and planes: then float32 holds any product."""
    return all(operand.has_planes and operand.tensor.type.bits <= INT8.bits for operand in operands)
