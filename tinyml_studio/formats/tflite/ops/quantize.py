"""QUANTIZE: from real numbers, or from one grid to another."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.element_types import INT32, type_name
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.quantization import activation_grid
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Identity, Requantize


def convert_quantize(emitter: Emitter) -> tuple[Tensor, ...]:
    """What makes the real numbers makes them on that grid at once; nothing else happens to them.

    A last step to 32 bits, which no kernel here makes, is left out: the output is what it reads.
    """
    source, _ = emitter.computed()
    if source.grid is not None and _is_last(emitter) and emitter.output().kind == INT32:
        name = emitter.around.names[emitter.output().index]
        emitter.remarks.append(
            f"the output {name!r:.80} is brought to 32 bits at the end of the file; here it has "
            f"the {source.grid.bits}-bit integers in front of that"
        )
        return (source,)
    grid = activation_grid(emitter.output())
    if grid is None:
        kind = type_name(emitter.output().kind)
        raise Refused(f"its output is of type {kind}, and integers of 8 or 16 bits are supported")
    if source.grid is not None:
        return emitter.finish(Requantize(), source)
    emitter.grids[source.name] = replace(grid, stored="float32")
    return emitter.finish(Identity(), source)


def _is_last(emitter: Emitter) -> bool:
    """Whether an output leaves the network and nothing reads it."""
    made, graph = emitter.output().index, emitter.around.graph
    return made in graph.outputs and not any(made in held.inputs for held in graph.operators)
