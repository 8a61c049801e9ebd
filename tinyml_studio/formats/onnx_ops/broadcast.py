"""Two operands that broadcast, one of which may be constant.

In the file every computed tensor has the batch as its first axis. Broadcasting aligns axes from the
right, so an operand of another rank could meet the batch with an axis of its own; that is refused.
"""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import BATCHES, Known, Tensor
from tinyml_studio.ir.ops import Shape


def both_operands(emitter: Emitter, first: int = 0, second: int = 1) -> tuple[Tensor, Tensor]:
    """Two operands of an elementwise operator; a constant one is held by the graph.

    Raises
    ------
    Refused
        If none is computed by the network, or broadcasting would involve the batch.
    """
    if not isinstance(emitter.operand(first), Tensor):
        right, shape = emitter.tensor(second)
        values = constant_operand(emitter, first, shape)
        return emitter.hold(values, "first", operand=first), right
    left, shape = emitter.tensor(first)
    if not isinstance(emitter.operand(second), Tensor):
        values = constant_operand(emitter, second, shape)
        return left, emitter.hold(values, "second", operand=second)
    right, other = emitter.tensor(second)
    if len(shape) != len(other):
        raise Refused("its operands have different ranks, so one meets the batch of the other")
    return left, right


def next_operand(emitter: Emitter, index: int, beside: Tensor) -> Tensor:
    """A further operand that meets a tensor; a constant one is held by the graph.

    Raises
    ------
    Refused
        If broadcasting would involve the batch.
    """
    shape = beside.shape or ()
    if not isinstance(emitter.operand(index), Tensor):
        values = constant_operand(emitter, index, shape)
        return emitter.hold(values, f"operand_{index}", operand=index)
    tensor, other = emitter.tensor(index)
    if len(shape) != len(other):
        raise Refused("its operands have different ranks, so one meets the batch of the other")
    return tensor


def constant_operand(emitter: Emitter, index: int, shape: Shape) -> FloatArray:
    """A constant that meets a tensor with samples of `shape`, without its batch axis.

    Raises
    ------
    Refused
        If it has rows of their own for the samples of the batch, or more axes than the tensor.
    """
    row = _repeated_row(emitter, index, shape)
    if row is not None:
        return row
    array = emitter.weights(index, "constant operand")
    if array.ndim <= len(shape):
        return array
    if array.ndim > len(shape) + 1:
        raise Refused("its constant has more axes than the tensor")
    if array.shape[0] != 1:
        if (array != array[:1]).any() or array.shape[0] != emitter.around.batch:
            raise Refused("its constant has a row for every sample of the batch")
        array = array[:1]
    return np.asarray(array[0])


def _repeated_row(emitter: Emitter, index: int, shape: Shape) -> FloatArray | None:
    """The one row of a constant that is repeated to the batch, as a class token is; else None."""
    value = emitter.operand(index)
    if not isinstance(value, Known) or value.other is None or value.array.ndim != len(shape) + 1:
        return None
    row = value.array[:1]
    for trial, batch in enumerate(BATCHES):
        array = value.at(trial)
        if array.shape != (batch, *row.shape[1:]) or (array != row).any():
            return None
    emitter.around.used.claim(row.shape)
    return np.asarray(emitter.floats(row, "constant operand")[0])
