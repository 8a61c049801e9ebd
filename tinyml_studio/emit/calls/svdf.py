"""Svdf in C."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import INT8, IntType
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import (
    KernelCall,
    Operand,
    Parameters,
    Result,
    Table,
    integer_table,
    weight_table,
)
from tinyml_studio.emit.gates import factor, folded
from tinyml_studio.program.instructions import Svdf
from tinyml_studio.program.program import Program


def svdf(item: Svdf, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_svdf``."""
    binding = Binding(input=INT8, second=item.time_type, output=INT8, weights=item.weight_type)
    layer = Parameters("tms_svdf_t", {**_sizes(item, program), **_tables(item, program)})
    arguments = (layer, Operand(item.inputs[0]), Result(item.state), Result(item.output))
    return (KernelCall("tms_svdf", binding, arguments),)


def _sizes(item: Svdf, program: Program) -> dict[str, int | tuple[int, ...]]:
    output = program.tensors[item.output]
    features, steps = item.time_weights.shape
    kind, zero_point = item.time_type, item.state_zero_point
    return {
        "in_size": item.feature_weights.shape[1],
        "units": output.size,
        "rank": features // output.size,
        "steps": steps,
        "out_zero_point": output.zero_point,
        "low": item.low - output.zero_point,
        "high": item.high - output.zero_point,
        "state_zero_point": zero_point,
        "state_low": max(kind.min, kind.min - zero_point),
        "state_high": min(kind.max, kind.max - zero_point),
        "feature": factor(item.feature_multiplier),
        "output": factor(item.output_multiplier),
    }


def _tables(item: Svdf, program: Program) -> dict[str, Table]:
    zero_point = program.tensors[item.inputs[0]].zero_point
    nothing = np.zeros(len(item.feature_weights), np.int64)
    return {
        "weights": weight_table(item.feature_weights, item.weight_type),
        "feature_bias": folded(nothing, item.feature_weights, zero_point),
        "time_weights": integer_table("time_weights", item.time_weights, item.time_type),
        "bias": integer_table("bias", item.bias, IntType(32)),
    }
