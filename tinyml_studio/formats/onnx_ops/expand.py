"""Expand of a computed tensor."""

from __future__ import annotations

import numpy as np

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.folds.call import whole_numbers
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import BATCHES, Known, Tensor
from tinyml_studio.ir.ops import Identity, Shape


def convert(emitter: Emitter) -> Tensor:
    """Expanding to the tensor's own shape does nothing; repeating has no counterpart."""
    tensor, shape = emitter.tensor()
    value = emitter.operand(1)
    if not isinstance(value, Known):
        raise Refused("its shape is computed by the network")
    if all(_keeps(value.at(trial), batch, shape) for trial, batch in enumerate(BATCHES)):
        return emitter.add(Identity(), tensor)
    raise Refused("repeating a tensor is not supported")


def _keeps(array: np.ndarray, batch: int, shape: Shape) -> bool:
    """Whether broadcasting to this shape changes nothing."""
    full = (batch, *shape)
    try:
        return np.broadcast_shapes(full, whole_numbers(array, "shape")) == full
    except ValueError as error:
        raise Malformed(f"its shape does not fit: {error}") from None
