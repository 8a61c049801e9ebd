"""Add for Helium in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.calls.add import by_scale, is_narrow
from tinyml_studio.program.instructions import Add
from tinyml_studio.program.program import Program


def add_mve(item: Add, program: Program) -> KernelCall | None:
    """One call of ``tms_add_mve``; None where types, shapes or shifts are not its own."""
    if not is_narrow(item, program):
        return None
    names, second = by_scale(item)
    a, b = (program.tensors[name] for name in names)
    output = program.tensors[item.output]
    layer = Parameters(
        "tms_add_mve_t",
        {
            "size": output.size,
            "a_base": -a.zero_point * (1 << 19),
            "b_base": -b.zero_point * (1 << 20),
            "b_multiplier": second.mantissa,
            "b_shift": -second.shift,
            "out_zero": 2 * output.zero_point + 1,
            "low": item.low,
            "high": item.high,
            "out_multiplier": item.multiplier_out.mantissa,
            "out_shift": -item.multiplier_out.shift - 1,
        },
    )
    arguments = (layer, Operand(a.name), Operand(b.name), Result(output.name))
    return KernelCall("tms_add_mve", Binding(), arguments)
