"""Operands of different rank, batched, so that NumPy broadcasts their samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from tinyml_studio.arith.inttype import INT8
from tinyml_studio.kernels.activation import Activation


def common_rank(operands: Sequence[Activation]) -> int:
    """The larger rank of the samples."""
    return max(len(operand.tensor.shape) for operand in operands)


def with_rank(values: NDArray[Any], rank: int) -> NDArray[Any]:
    """``(N, *shape)`` with unit axes behind the batch axis, so that samples have that rank."""
    missing = rank + 1 - values.ndim
    return values.reshape(len(values), *(1,) * missing, *values.shape[1:])


def are_narrow_planes(operands: Sequence[Activation]) -> bool:
    """Whether all operands have 8 bits or fewer, and planes: then float32 holds any product."""
    return all(operand.has_planes and operand.tensor.type.bits <= INT8.bits for operand in operands)
