"""Products of two matrices, and of values along axes, in plain Python."""

from __future__ import annotations

from tests.reference.arithmetic import INT32_MAX, INT32_MIN, clamp, mbqm, reduced_mbqm
from tests.reference.sample import Sample, indices
from tinyml_studio.program.instructions import BatchMatMul, Prod
from tinyml_studio.program.program import QuantizedTensor


def batch_matmul(item: BatchMatMul, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    a, b = operands
    multiply = reduced_mbqm if a.bits == 16 else mbqm
    result = []
    for *stack, row, column in indices(output.shape):
        acc = 0
        for k in range(a.shape[-2 if item.adj_x else -1]):
            left = (k, row) if item.adj_x else (row, k)
            right = (column, k) if item.adj_y else (k, column)
            left_value = a.broadcast_at((*stack, *left)) - a.zero_point
            acc += left_value * (b.broadcast_at((*stack, *right)) - b.zero_point)
        value = output.zero_point + multiply(acc, *item.multiplier, item.rounding)
        result.append(clamp(value, item.low, item.high))
    return result


def prod(item: Prod, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    (x,) = operands
    kept = [axis for axis in range(len(x.shape)) if axis not in item.axes]
    factors: dict[tuple[int, ...], list[int]] = {}
    for index in indices(x.shape):
        key = tuple(index[axis] for axis in kept)
        factors.setdefault(key, []).append(x.at(*index) - x.zero_point)
    result = []
    for key in sorted(factors):
        first, *others = factors[key]
        for other in others:
            first = _rescaled(item, first * other)
        value = output.zero_point + _rescaled(item, first)
        result.append(clamp(value, item.low, item.high))
    return result


def _rescaled(item: Prod, product: int) -> int:
    """MultiplyByQuantizedMultiplier of int64, limited to 32 bits."""
    mantissa, shift = item.multiplier
    reduced = min((mantissa + 2**15) >> 16, 0x7FFF)
    return clamp((product * reduced + 2 ** (14 - shift)) >> (15 - shift), INT32_MIN, INT32_MAX)
