"""ResizeBilinear in C."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import IntType
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import (
    KernelCall,
    Operand,
    Parameters,
    Result,
    integer_table,
    narrowest,
)
from tinyml_studio.emit.geometry import image_shape
from tinyml_studio.program.instructions import ResizeBilinear
from tinyml_studio.program.instructions.resizing import COARSE_BITS, FINE_BITS
from tinyml_studio.program.program import Program

_WIDE = IntType(32)


def resize_bilinear(item: ResizeBilinear, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_resize_bilinear``."""
    x = program.tensors[item.inputs[0]]
    _, width, channels = image_shape(x.shape)
    entries = np.array([*item.rows, *item.columns])
    entry = narrowest(entries, 16, 32) if item.bits == COARSE_BITS else _WIDE
    if entry == _WIDE:  # the kernel has finer steps there
        entries[:, 2] <<= FINE_BITS - item.bits
    rows, columns = entries[: len(item.rows)], entries[len(item.rows) :]
    layer = Parameters(
        "tms_resize_bilinear_t",
        {
            "in_width": width,
            "channels": channels,
            "out_height": len(item.rows),
            "out_width": len(item.columns),
            "rows": integer_table("rows", rows, entry),
            "columns": integer_table("columns", columns, entry),
        },
    )
    binding = Binding(input=x.type, table=entry)
    arguments = (layer, Operand(x.name), Result(item.output))
    return (KernelCall("tms_resize_bilinear", binding, arguments),)
