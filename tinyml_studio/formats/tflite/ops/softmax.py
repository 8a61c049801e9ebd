"""SOFTMAX over the last axis."""

from __future__ import annotations

import math

from tinyml_studio.arith.inttype import INT16
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.fixed_grids import check_fixed_grid
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Softmax

_NEAR = 1e-3  # of a scale of 16 bits, by TFLite-Micro's SoftmaxPrepare


def convert_softmax(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; the kernels know one output grid only."""
    source, shape = emitter.computed()
    options = emitter.operator.options
    beta = 1.0 if options is None else options.real(0)
    if not (beta > 0.0 and math.isfinite(beta)):
        raise Refused(f"its beta is {beta:g}, and no kernel takes it")
    if not shape:
        raise Refused("its input has no axis besides the batch")
    output = emitter.grid()
    if source.grid is not None and output is not None:
        from_16 = source.grid.bits == output.bits == 16
        bits = output.bits
        wanted = (2.0**-15, 0) if from_16 else (2.0**-bits, -(1 << (bits - 1)))
        check_fixed_grid(output, *wanted, tolerance=_NEAR if bits == INT16.bits else 0.0)
    return emitter.finish(Softmax(len(shape) - 1, beta=beta), source)
