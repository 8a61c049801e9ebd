"""StreamBuffer in C."""

from __future__ import annotations

from math import prod

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.program.instructions import StreamBuffer
from tinyml_studio.program.program import Program


def stream_buffer(item: StreamBuffer, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_stream_buffer``."""
    x, state = program.tensors[item.inputs[0]], program.tensors[item.state]
    layer = Parameters(
        "tms_stream_buffer_t",
        {
            "outer": prod(x.shape[: item.axis]),
            "kept": prod(state.shape[item.axis :]),
            "fresh": prod(x.shape[item.axis :]),
        },
    )
    arguments = (layer, Operand(x.name), Result(state.name), Result(item.output))
    return (KernelCall("tms_stream_buffer", Binding(input=x.type), arguments),)
