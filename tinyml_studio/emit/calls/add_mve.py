"""Add for Helium in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.calls.add import by_scale, is_narrow, narrow_form, narrow_values
from tinyml_studio.emit.forms import Form
from tinyml_studio.program.instructions import Add
from tinyml_studio.program.program import Program


def add_mve(item: Add, program: Program) -> KernelCall | None:
    """One call of ``tms_add_mve``; None where types, shapes or shifts are not its own."""
    if not is_narrow(item, program):
        return None
    a, b = (program.tensors[name] for name in by_scale(item)[0])
    layer = Parameters(
        "tms_add_mve_t",
        {
            "a_base": -a.zero_point * (1 << 19),
            "b_base": -b.zero_point * (1 << 20),
            **narrow_values(item, program),
        },
    )
    arguments = (layer, Operand(a.name), Operand(b.name), Result(item.output))
    binding = Binding(form=narrow_form(item) or Form.TWICE)
    return KernelCall("tms_add_mve", binding, arguments)
