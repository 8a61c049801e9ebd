"""The newest values behind those before them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.states import States
from tinyml_studio.program.instructions import StreamBuffer
from tinyml_studio.program.program import QuantizedTensor


def stream_buffer(
    item: StreamBuffer, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """Every sample is the first after a reset: all that came before is the zero point."""
    values = operands[0].integers
    axis = item.axis + 1
    before = np.full(
        (
            *values.shape[:axis],
            output.shape[item.axis] - values.shape[axis],
            *values.shape[axis + 1 :],
        ),
        output.zero_point,
        values.dtype,
    )
    return Activation(output, integers=np.concatenate([before, values], axis=axis))


def stream_buffer_stream(
    item: StreamBuffer, operands: Sequence[Activation], output: QuantizedTensor, states: States
) -> Activation:
    """The samples follow each other; `states` holds what came before and, at the end, after."""
    values = operands[0].integers
    held = states[item.state]
    kept, fresh = held.shape[item.axis], values.shape[item.axis + 1]
    line = np.concatenate([held.astype(values.dtype), *values], axis=item.axis)
    windows = [
        line.take(range(start, start + kept + fresh), axis=item.axis)
        for start in range(0, len(values) * fresh, fresh)
    ]
    last = range(len(values) * fresh, len(values) * fresh + kept)
    states[item.state] = line.take(last, axis=item.axis).astype(np.int64)
    return Activation(output, integers=np.stack(windows))
