"""Svdf in C."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import INT8, IntType
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.blocks import BLOCK, dense_rest, quad_weights
from tinyml_studio.emit.call import (
    KernelCall,
    Operand,
    Parameters,
    Result,
    Table,
    integer_table,
)
from tinyml_studio.emit.gates import factor, folded_bias
from tinyml_studio.program.instructions import Svdf
from tinyml_studio.program.program import Program


def svdf(item: Svdf, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_svdf``."""
    rest = dense_rest(item.feature_weights.shape[1], item.weight_type.bits) > 0
    binding = Binding(
        input=INT8, second=item.time_type, output=INT8, weights=item.weight_type, rest=rest
    )
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
    features, type_ = len(item.feature_weights), item.weight_type
    nothing = np.zeros(features, np.int64)
    bias = folded_bias(nothing, item.feature_weights, type_, zero_point)
    fours = np.pad(bias, (0, -features % BLOCK))
    return {
        "weights": quad_weights(item.feature_weights, type_),
        "feature_bias": integer_table("feature_bias", fours, IntType(32)),
        "time_weights": integer_table("time_weights", item.time_weights, item.time_type),
        "bias": integer_table("bias", item.bias, IntType(32)),
    }
