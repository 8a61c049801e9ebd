"""Softmax as a call of CMSIS-NN."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.cmsis.checks import activation_bits, check_rounding, refuse
from tinyml_studio.program.instructions import Softmax
from tinyml_studio.program.program import Program


def softmax(item: Softmax, program: Program) -> KernelCall:
    """One call of ``arm_softmax_s8``."""
    check_rounding(item, item.rounding)
    if activation_bits(program, item) != 8:
        refuse(item, "activations have 8 bits there")
    tensor = program.tensors[item.inputs[0]]
    columns = tensor.shape[-1]
    values = {
        "rows": tensor.size // columns,
        "columns": columns,
        "multiplier": item.multiplier.mantissa,
        "shift": item.multiplier.shift,
        "diff_min": item.diff_min,
    }
    arguments = (
        Parameters("tms_cmsis_softmax_t", values), Operand(item.inputs[0]), Result(item.output),
    )  # fmt: skip
    return KernelCall("tms_cmsis_softmax_s8", Binding(), arguments)
