"""LOGISTIC."""

from __future__ import annotations

from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.fixed_grids import check_fixed_grid
from tinyml_studio.formats.tflite.quantization import activation_grid
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Sigmoid


def convert_logistic(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; the kernels know one output grid only."""
    output = activation_grid(emitter.output())
    if output is not None:
        check_fixed_grid(output, *((2.0**-15, 0) if output.bits == 16 else (2.0**-8, -128)))
    return emitter.finish(Sigmoid(), emitter.computed()[0])
