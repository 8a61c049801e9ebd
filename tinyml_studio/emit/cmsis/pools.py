"""Pools as calls of CMSIS-NN."""

from __future__ import annotations

from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result, Scratch, Value
from tinyml_studio.emit.cmsis.buffers import average_pool as average_pool_buffer
from tinyml_studio.emit.cmsis.checks import activation_bits, check_rounding
from tinyml_studio.emit.geometry import image_shape, window_geometry
from tinyml_studio.program.instructions import AveragePool2D, MaxPool2D
from tinyml_studio.program.program import Program


def max_pool(item: MaxPool2D, program: Program) -> KernelCall:
    """One call of ``arm_max_pool_s8`` or ``_s16``."""
    return _pool(item, program, "max_pool", 0)


def average_pool(item: AveragePool2D, program: Program) -> KernelCall:
    """One call of ``arm_avgpool_s8`` or ``_s16``."""
    check_rounding(item, item.rounding, Rounding.HALF_AWAY)
    channels = image_shape(program.tensors[item.inputs[0]].shape)[2]
    return _pool(item, program, "average_pool", average_pool_buffer(channels))


def _pool(item: MaxPool2D | AveragePool2D, program: Program, name: str, size: int) -> KernelCall:
    values: dict[str, Value] = {
        "geometry": window_geometry(program, item, item.kernel),
        "low": item.low,
        "high": item.high,
        "buffer_bytes": size,
    }
    arguments = (
        Parameters(f"tms_cmsis_{name}_t", values),
        Operand(item.inputs[0]),
        Result(item.output),
        Scratch(),
    )
    kernel = f"tms_cmsis_{name}_s{activation_bits(program, item)}"
    return KernelCall(kernel, Binding(), arguments)
