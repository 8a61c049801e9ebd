"""SoftmaxFloat32 in C."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result, Table, real, table
from tinyml_studio.program.instructions import SoftmaxFloat32
from tinyml_studio.program.program import Program


def softmax_float32(item: SoftmaxFloat32, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_softmax_float32``."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    depth = input_.shape[-1]
    layer = Parameters(
        "tms_softmax_float32_t",
        {
            "rows": input_.size // depth,
            "depth": depth,
            "out_zero_point": output.zero_point,
            "low": output.type.min - output.zero_point,
            "high": output.type.max - output.zero_point,
            "fine_bits": len(item.fine).bit_length() - 1,
            "steps": real(item.steps),
            "coarse": _bits("coarse", item.coarse),
            "fine": _bits("fine", item.fine),
        },
    )
    binding = Binding(input=input_.type, output=output.type)
    arguments = (layer, Operand(input_.name), Result(output.name))
    return (KernelCall("tms_softmax_float32", binding, arguments),)


def _bits(role: str, values: FloatArray) -> Table:
    """A table of float32 values as their bits."""
    return table(role, "uint32_t", values.view(np.uint32))
