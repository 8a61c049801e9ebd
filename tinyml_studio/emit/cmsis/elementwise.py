"""Sums and products as calls of CMSIS-NN."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.cmsis.checks import (
    activation_bits,
    check_rounding,
    check_same_size,
    refuse,
)
from tinyml_studio.program.instructions import Add, Mul
from tinyml_studio.program.program import Program


def add(item: Add, program: Program) -> KernelCall:
    """One call of ``arm_elementwise_add_s8`` or ``_s16``."""
    check_rounding(item, item.rounding)
    check_same_size(program, item)
    if item.subtract:
        refuse(item, "it has no difference of two tensors")
    first, second = (program.tensors[name] for name in item.inputs)
    output = program.tensors[item.output]
    values = {
        "offset_a": -first.zero_point,
        "multiplier_a": item.multiplier_a.mantissa,
        "shift_a": item.multiplier_a.shift,
        "offset_b": -second.zero_point,
        "multiplier_b": item.multiplier_b.mantissa,
        "shift_b": item.multiplier_b.shift,
        "left_shift": item.left_shift,
        "output_offset": output.zero_point,
        "multiplier_out": item.multiplier_out.mantissa,
        "shift_out": item.multiplier_out.shift,
        "low": item.low,
        "high": item.high,
        "size": output.size,
    }
    return _call(item, program, "add", Parameters("tms_cmsis_add_t", values))


def mul(item: Mul, program: Program) -> KernelCall:
    """One call of ``arm_elementwise_mul_s8`` or ``_s16``."""
    check_rounding(item, item.rounding)
    check_same_size(program, item)
    first, second = (program.tensors[name] for name in item.inputs)
    output = program.tensors[item.output]
    values = {
        "offset_a": -first.zero_point,
        "offset_b": -second.zero_point,
        "output_offset": output.zero_point,
        "multiplier": item.multiplier.mantissa,
        "shift": item.multiplier.shift,
        "low": item.low,
        "high": item.high,
        "size": output.size,
    }
    return _call(item, program, "mul", Parameters("tms_cmsis_mul_t", values))


def _call(item: Add | Mul, program: Program, name: str, layer: Parameters) -> KernelCall:
    first, second = item.inputs
    arguments = (layer, Operand(first), Operand(second), Result(item.output))
    bits = activation_bits(program, item)
    return KernelCall(f"tms_cmsis_{name}_s{bits}", Binding(), arguments)
