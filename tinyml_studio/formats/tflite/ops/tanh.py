"""TANH."""

from __future__ import annotations

from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.fixed_grids import check_fixed_grid
from tinyml_studio.formats.tflite.quantization import activation_grid
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Tanh


def convert_tanh(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; the kernels know one output grid only."""
    output = activation_grid(emitter.output())
    if output is not None:
        check_fixed_grid(output, 2.0 ** (1 - output.bits), 0)
    return emitter.finish(Tanh(), emitter.computed()[0])
