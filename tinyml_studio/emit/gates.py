"""What LSTM and GRU have in common in C: weights, biases and factors of all gates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import INT8, Int8Array, Int64Array, IntType
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import Parameters, Table, integer_table, table, weight_table
from tinyml_studio.program.instructions import Gated
from tinyml_studio.program.program import Program

_GATES = 4


def gates_binding(item: Gated) -> Binding:
    """Types of the kernel's operands."""
    return Binding(input=INT8, output=INT8, weights=item.weight_type)


def gates(item: Gated, program: Program) -> Parameters:
    """The structure that both kernels begin with."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    steps, in_size = input_.shape
    return Parameters(
        "tms_gates_t",
        {
            "steps": steps,
            "in_size": in_size,
            "units": output.shape[-1],
            "hidden_zero_point": output.zero_point,
            "input_weights": weight_table(item.input_weights, item.weight_type),
            "hidden_weights": weight_table(item.hidden_weights, item.weight_type),
            "input_bias": folded(item.bias, item.input_weights, input_.zero_point),
            "hidden_bias": folded(item.hidden_bias, item.hidden_weights, output.zero_point),
            "input_multiplier": _per_gate(item.input_multiplier),
            "input_shift": _per_gate(item.input_shift),
            "hidden_multiplier": _per_gate(item.hidden_multiplier),
            "hidden_shift": _per_gate(item.hidden_shift),
            "table": table("table", "uint16_t", item.table),
        },
    )


def folded(bias: Int64Array, weights: Int8Array, zero_point: int) -> Table:
    """A bias less the zero point of its input times the sums of the weights, modulo 2**32."""
    values = bias - zero_point * weights.sum(axis=-1, dtype=np.int64)
    return integer_table("bias", ((values + (1 << 31)) & 0xFFFFFFFF) - (1 << 31), IntType(32))


def factor(multiplier: Multiplier) -> tuple[int, int]:
    """A multiplier as the pair that the kernels take."""
    return (multiplier.mantissa, multiplier.shift)


def _per_gate(values: NDArray[np.int32]) -> tuple[int, ...]:
    """One number for each gate, filled up to four."""
    return (*values.tolist(), *(0,) * (_GATES - values.size))
