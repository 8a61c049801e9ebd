"""The buffer of a stream, as `fold_variables` finds it."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import StreamBuffer


def convert_stream_buffer(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node on the grid of its input."""
    past = emitter.operator.past
    if past is None:
        raise Refused("what it keeps is not known")
    source, _ = emitter.computed()
    emitter.keep_grid()
    return emitter.finish(StreamBuffer(past.axis - 1, past.length), source)
