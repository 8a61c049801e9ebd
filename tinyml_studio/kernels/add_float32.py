"""Sum and difference of two tensors with fused multiply-adds in float32."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import FloatArray, Int64Array
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import are_narrow_planes, common_rank, with_rank
from tinyml_studio.kernels.finish import finish
from tinyml_studio.kernels.pairwise import PairForm, PairTable, centred_values, form_of_pairs
from tinyml_studio.kernels.plan_cache import Grids, planned
from tinyml_studio.program.instructions import AddFloat32
from tinyml_studio.program.program import QuantizedTensor


def add_float32(
    item: AddFloat32, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """The second operand onto the offset, the first onto that, the nearest integer."""
    a, b = operands
    grids = (a.tensor, b.tensor)
    if are_narrow_planes(operands):
        return Activation(output, planes=_pairs(item, grids, output)(a.planes, b.planes))
    rank = common_rank(operands)
    inner = _inner_sums(item, grids, output)[b.integers.astype(np.intp) - b.tensor.type.min]
    sums = _sum(item, with_rank(a.integers, rank), with_rank(inner, rank))
    steps = np.rint(sums.astype(np.float64)) - item.origin
    return finish(steps, output, low=item.low, high=item.high)


@planned
def _pairs(item: AddFloat32, inputs: Grids, output: QuantizedTensor) -> PairForm | PairTable:
    """The fastest way that gives the rule's result for every pair of 4- or 8-bit values."""
    a, b = (tensor.type for tensor in inputs)
    firsts, seconds = np.arange(a.min, a.max + 1)[:, None], np.arange(b.min, b.max + 1)[None]
    sums = _sum(item, firsts, _inner(item, seconds))
    limited = np.clip(np.rint(sums) - item.origin, item.low, item.high) - output.zero_point
    return form_of_pairs(
        limited.astype(np.float32),
        (centred_values(inputs[0]), centred_values(inputs[1])),
        factors=(item.ratio_a, item.ratio_b),
        limits=(item.low - output.zero_point, item.high - output.zero_point),
    )


@planned
def _inner_sums(item: AddFloat32, inputs: Grids, output: QuantizedTensor) -> FloatArray:
    """The second operand on the offset, by ``b - type.min``."""
    type_ = inputs[1].type
    return _inner(item, np.arange(type_.min, type_.max + 1))


def _inner(item: AddFloat32, b: Int64Array) -> FloatArray:
    return fused((b + item.origin) * np.float64(item.ratio_b), np.float64(item.offset))


def _sum(item: AddFloat32, a: NDArray[np.signedinteger[Any]], inner: FloatArray) -> FloatArray:
    raised = a.astype(np.int64) + item.origin
    return fused(raised * np.float64(item.ratio_a), inner.astype(np.float64))


def fused(product: NDArray[np.float64], addend: NDArray[np.float64] | np.float64) -> FloatArray:
    """The exact sum of two float64 values, rounded once to float32.

    A sum that float64 does not hold is replaced by its neighbour with an odd last bit, which lies
    on the same side of everything that float32 holds. An integer of 17 bits times a float32 value
    is exact in float64.
    """
    total = np.asarray(product + addend)
    virtual = total - product
    lost = (product - (total - virtual)) + (addend - virtual)
    is_even = (total.view(np.int64) & 1) == 0
    towards = np.nextafter(total, np.copysign(np.inf, lost))
    return np.where((lost != 0) & is_even, towards, total).astype(np.float32)
