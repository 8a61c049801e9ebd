"""Products of two matrices in plain Python."""

from __future__ import annotations

from tests.reference.arithmetic import clamp, mbqm, reduced_mbqm
from tests.reference.sample import Sample, indices
from tinyml_studio.program.instructions import BatchMatMul
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
