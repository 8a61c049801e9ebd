"""LOG_SOFTMAX over the last axis."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.fixed_grids import check_fixed_grid
from tinyml_studio.formats.tflite.quantization import activation_grid
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import LogSoftmax


def convert_log_softmax(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; the kernel knows one output grid only."""
    source, shape = emitter.computed()
    if not shape:
        raise Refused("its input has no axis besides the batch")
    output = activation_grid(emitter.output())
    if output is not None:
        check_fixed_grid(output, 2.0**-4, 127)
    return emitter.finish(LogSoftmax(), source)
