"""L2_NORMALIZATION of vectors along the last axis."""

from __future__ import annotations

from tinyml_studio.arith.inttype import INT8
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.fixed_grids import check_fixed_grid
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import NO_CLAMP, L2Normalization


def convert_l2_normalization(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; the kernels know 8 bits, one output grid and no activation."""
    source, shape = emitter.computed()
    if not shape:
        raise Refused("its input has no axis besides the batch")
    if emitter.clamp(0) != NO_CLAMP:
        raise Refused("it has a fused activation, and no kernel takes one")
    output = emitter.grid()
    if output is not None:
        if output.bits != INT8.bits:
            raise Refused(f"its output has {output.bits} bits, and the kernels have {INT8.bits}")
        check_fixed_grid(output, 2.0**-7, 0)
    return emitter.finish(L2Normalization(), source)
