"""Expand and Tile of a computed tensor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.folds.call import whole_numbers
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import BATCHES, Known, Tensor
from tinyml_studio.ir.ops import Gather, Identity, Shape

_MAX_REPEATS = 1 << 16
_MAX_SIZE = 1 << 16


def expand(emitter: Emitter) -> Tensor:
    """Axes of one value are repeated; expanding to the tensor's own shape does nothing."""
    tensor, shape = emitter.tensor()
    value = emitter.operand(1)
    if not isinstance(value, Known):
        raise Refused("its shape is computed by the network")
    wide = [_expanded(value.at(trial), batch, shape) for trial, batch in enumerate(BATCHES)]
    if any(made[0] != batch for made, batch in zip(wide, BATCHES, strict=True)):
        raise Refused("it repeats the batch")
    if wide[0][1:] != wide[1][1:] or len(wide[0]) != len(shape) + 1:
        raise Refused("it puts the batch on another axis")
    pairs = zip(shape, wide[0][1:], strict=True)
    return _gathered(
        emitter, tensor, [None if size == count else (0,) * count for size, count in pairs]
    )


def tile(emitter: Emitter) -> Tensor:
    """Every axis so many times behind itself."""
    tensor, shape = emitter.tensor()
    array = emitter.constant(1, "repeats")
    counts = () if array is None else whole_numbers(array, "repeats")
    if len(counts) != len(shape) + 1:
        raise Malformed(f"it repeats {len(counts)} axes of {len(shape) + 1}")
    if counts[0] != 1:
        raise Refused("it repeats the batch")
    if not all(1 <= count <= _MAX_REPEATS for count in counts):
        raise Refused(f"it repeats an axis {min(counts)} to {max(counts)} times")
    pairs = zip(shape, counts[1:], strict=True)
    return _gathered(
        emitter,
        tensor,
        [None if count == 1 else tuple(range(size)) * count for size, count in pairs],
    )


def _gathered(emitter: Emitter, tensor: Tensor, taken: Sequence[tuple[int, ...] | None]) -> Tensor:
    """A Gather, or nothing when every axis stays."""
    if all(held is None for held in taken):
        return emitter.add(Identity(), tensor)
    if any(held is not None and len(held) > _MAX_SIZE for held in taken):
        raise Malformed("its output is too large")
    return emitter.add(Gather(tuple(taken), label=emitter.node.op_type), tensor)


def _expanded(array: np.ndarray, batch: int, shape: Shape) -> Shape:
    """The shape after broadcasting, batch first."""
    full = (batch, *shape)
    try:
        return np.broadcast_shapes(full, whole_numbers(array, "shape"))
    except ValueError as error:
        raise Malformed(f"its shape does not fit: {error}") from None
