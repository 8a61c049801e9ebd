"""QUANTIZE: from real numbers, where the network begins, or from one grid to another."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.quantization import activation_grid
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Identity, Requantize


def convert_quantize(emitter: Emitter) -> tuple[Tensor, ...]:
    """Real numbers get the grid that they are brought on; nothing else happens to them."""
    source, _ = emitter.computed()
    if source.grid is not None:
        return emitter.finish(Requantize(), source)
    grid = activation_grid(emitter.output())
    if grid is None:
        raise Refused("its output is no tensor of a quantized type")
    if source.name not in emitter.around.entries:
        raise Refused("it quantizes what the network computed with real numbers")
    emitter.grids[source.name] = replace(grid, stored="float32")
    return emitter.finish(Identity(), source)
