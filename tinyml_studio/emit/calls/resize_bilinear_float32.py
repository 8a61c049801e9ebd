"""ResizeBilinearFloat32 in C."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import IntArray, IntType
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import (
    KernelCall,
    Operand,
    Parameters,
    Result,
    float_bits,
    integer_table,
)
from tinyml_studio.emit.geometry import image_shape
from tinyml_studio.program.instructions import ResizeBilinearFloat32, Shares
from tinyml_studio.program.program import Program


def resize_bilinear_float32(
    item: ResizeBilinearFloat32, program: Program
) -> tuple[KernelCall, ...]:
    """One call of ``tms_resize_bilinear_float32``."""
    x = program.tensors[item.inputs[0]]
    _, width, channels = image_shape(x.shape)
    layer = Parameters(
        "tms_resize_bilinear_float32_t",
        {
            "in_width": width,
            "channels": channels,
            "out_height": len(item.rows),
            "out_width": len(item.columns),
            "rows": integer_table("rows", _entries(item.rows), IntType(32)),
            "columns": integer_table("columns", _entries(item.columns), IntType(32)),
        },
    )
    arguments = (layer, Operand(x.name), Result(item.output))
    return (KernelCall("tms_resize_bilinear_float32", Binding(input=x.type), arguments),)


def _entries(ways: tuple[Shares, ...]) -> IntArray:
    """``(K, 4)``: two places and the bits of two float32 values."""
    return np.array(
        [(first, second, float_bits(near), float_bits(far)) for first, second, near, far in ways]
    )
