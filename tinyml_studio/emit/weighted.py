"""What convolutions and fully connected layers have in common: bias, multipliers, weights."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.fixed_point import reduce_multiplier
from tinyml_studio.arith.inttype import INT8, Int64Array, IntType
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import Value, integer_table, narrowest, weight_table
from tinyml_studio.emit.forms import form_of
from tinyml_studio.program.instructions import (
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    TransposeConv2D,
)
from tinyml_studio.program.program import Program

Weighted = Conv2D | DepthwiseConv2D | TransposeConv2D | FullyConnected


def weighted_binding(program: Program, item: Weighted) -> Binding:
    """Types of the kernel's operands."""
    type_ = program.tensors[item.inputs[0]].type
    return Binding(
        input=type_,
        output=program.tensors[item.output].type,
        weights=item.weight_type,
        bias=narrowest(item.bias, 32, 64) if type_.bits > 8 else IntType(32),
        form=form_of(item.rounding, item.multiplier.astype(np.int64), item.shift.astype(np.int64)),
        accumulator=IntType(32) if item.narrow else None,
    )


def weighted_values(program: Program, item: Weighted, bias: Int64Array) -> dict[str, Value]:
    """The members that all three structures have; `bias` is already folded where it should be."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    binding = weighted_binding(program, item)
    wide = input_.type.bits > 8 and not item.narrow
    reduced = wide and item.rounding is not Rounding.FLOAT32
    multiplier = np.asarray(reduce_multiplier(item.multiplier)) if reduced else item.multiplier
    return {
        "out_zero_point": output.zero_point,
        "low": item.low - output.zero_point,
        "high": item.high - output.zero_point,
        "weights": weight_table(item.weights, item.weight_type),
        "bias": integer_table("bias", bias, binding.bias or IntType(32)),
        "multiplier": integer_table("multiplier", multiplier, IntType(32)),
        "shift": integer_table("shift", item.shift, INT8),
    }


def folded_bias(program: Program, item: Weighted, *, added: int = 0) -> Int64Array:
    """The bias less the input's zero point times the sum of the channel's weights.

    The zero point is that of inputs to which the kernel has `added` so much.

    An accumulator is a number modulo 2**32 (2**64) until it is complete, so is its bias.
    """
    rows = item.weights.reshape(len(item.weights), -1)
    if isinstance(item, DepthwiseConv2D):
        rows = item.weights.reshape(-1, item.weights.shape[-1]).T
    sums = rows.sum(axis=1, dtype=np.int64)
    bias: Int64Array = item.bias - (program.tensors[item.inputs[0]].zero_point + added) * sums
    if program.tensors[item.inputs[0]].type.bits > 8:
        return bias
    return ((bias + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)
