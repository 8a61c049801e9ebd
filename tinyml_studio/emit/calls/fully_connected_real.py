"""FullyConnectedReal in C."""

from __future__ import annotations

from tinyml_studio.arith.inttype import INT8, INT16, IntType
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import (
    KernelCall,
    Operand,
    Parameters,
    Result,
    integer_table,
    narrowest,
    weight_table,
)
from tinyml_studio.program.instructions import FullyConnectedReal
from tinyml_studio.program.program import Program


def fully_connected_real(item: FullyConnectedReal, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_fully_connected_real``."""
    source, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    out_size, in_size = item.weights.shape
    sums = item.weights.sum(axis=1, dtype="int64")
    bias = item.bias - source.zero_point * sums
    binding = Binding(
        input=INT16,
        output=output.type,
        weights=item.weight_type,
        bias=narrowest(bias, 32, 64),
    )
    layer = Parameters(
        "tms_fully_connected_real_t",
        {
            "rows": source.size // in_size,
            "in_size": in_size,
            "out_size": out_size,
            "out_zero_point": output.zero_point,
            "low": item.low - output.zero_point,
            "high": item.high - output.zero_point,
            "weights": weight_table(item.weights, item.weight_type),
            "bias": integer_table("bias", bias, binding.bias or IntType(64)),
            "factor": integer_table("factor", item.factor, IntType(64)),
            "shift": integer_table("shift", item.shift, INT8),
        },
    )
    arguments = (layer, Operand(source.name), Result(output.name))
    return (KernelCall("tms_fully_connected_real", binding, arguments),)
