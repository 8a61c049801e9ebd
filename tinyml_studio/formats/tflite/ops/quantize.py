"""QUANTIZE: from real numbers, or from one grid to another."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.element_types import type_name
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.quantization import activation_grid
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Identity, Requantize


def convert_quantize(emitter: Emitter) -> tuple[Tensor, ...]:
    """What makes the real numbers makes them on that grid at once; nothing else happens to them."""
    source, _ = emitter.computed()
    grid = activation_grid(emitter.output())
    if grid is None:
        kind = type_name(emitter.output().kind)
        raise Refused(f"its output is of type {kind}, and integers of 8 or 16 bits are supported")
    if source.grid is not None:
        return emitter.finish(Requantize(), source)
    emitter.grids[source.name] = replace(grid, stored="float32")
    return emitter.finish(Identity(), source)
