"""What LSTM and GRU have in common in C: weights, biases and factors of all gates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import INT8, Int8Array, Int64Array, IntType
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.blocks import BLOCK, added_to_inputs, dense_rest, quad_weights
from tinyml_studio.emit.call import Parameters, integer_table, table
from tinyml_studio.program.instructions import Gated
from tinyml_studio.program.program import Program

_GATES = 4


def gates_binding(item: Gated, program: Program) -> Binding:
    """Types of the kernel's operands."""
    bits = item.weight_type.bits
    sizes = (program.tensors[item.inputs[0]].shape[1], program.tensors[item.output].shape[-1])
    rest = any(dense_rest(size, bits) for size in sizes)
    return Binding(input=INT8, output=INT8, weights=item.weight_type, rest=rest)


def gates(item: Gated, program: Program) -> Parameters:
    """The structure that both kernels begin with."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    return Parameters(
        "tms_gates_t",
        {
            "steps": input_.shape[0],
            "units": output.shape[-1],
            "hidden_zero_point": output.zero_point,
            "input": _products(
                item.input_weights,
                item.weight_type,
                item.bias,
                input_.zero_point,
                (item.input_multiplier, item.input_shift),
            ),
            "hidden": _products(
                item.hidden_weights,
                item.weight_type,
                item.hidden_bias,
                output.zero_point,
                (item.hidden_multiplier, item.hidden_shift),
            ),
            "table": table("table", "uint16_t", item.table),
        },
    )


def _products(
    weights: Int8Array,
    type_: IntType,
    bias: Int64Array,
    zero_point: int,
    factors: tuple[NDArray[np.int32], NDArray[np.int32]],
) -> Parameters:
    """What all gates make of one operand: weights ``(G, H, I)`` in fours of units."""
    missing = -weights.shape[1] % BLOCK
    rows = np.pad(weights, [(0, 0), (0, missing), (0, 0)], constant_values=1)
    held = quad_weights(rows.reshape(-1, rows.shape[2]), type_)
    folded = folded_bias(bias, weights, type_, zero_point)
    multiplier, shift = factors
    return Parameters(
        "tms_gate_products_t",
        {
            "size": rows.shape[2],
            "four": len(held.data) * BLOCK // (rows.shape[0] * rows.shape[1]),
            "weights": held,
            "bias": integer_table("bias", np.pad(folded, [(0, 0), (0, missing)]), IntType(32)),
            "multiplier": _per_gate(multiplier),
            "shift": _per_gate(shift),
        },
    )


def folded_bias(
    bias: Int64Array, weights: Int8Array, type_: IntType, zero_point: int
) -> Int64Array:
    """A bias less its input's zero point times the sums of the weights, modulo 2**32.

    The input is as `dense_row.c` multiplies it, with weights of that type.
    """
    sums = weights.sum(axis=-1, dtype=np.int64)
    values: Int64Array = bias - (zero_point + added_to_inputs(type_)) * sums
    return ((values + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)


def factor(multiplier: Multiplier) -> tuple[int, int]:
    """A multiplier as the pair that the kernels take."""
    return (multiplier.mantissa, multiplier.shift)


def _per_gate(values: NDArray[np.int32]) -> tuple[int, ...]:
    """One number for each gate, filled up to four."""
    return (*values.tolist(), *(0,) * (_GATES - values.size))
