"""Channels first, as ONNX has it, to channels last, as our spatial operators want it."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Operator, Shape, Transpose


def spatial_input(emitter: Emitter) -> tuple[Tensor, Shape]:
    """The first operand, which must be a sequence ``(C, L)`` or an image ``(C, H, W)``.

    Raises
    ------
    Refused
        For any other number of axes.
    """
    tensor, shape = emitter.tensor()
    if len(shape) not in (2, 3):
        raise Refused(f"it has {len(shape) - 1} spatial axes; 1 or 2 are supported")
    return tensor, shape


def channels_last(emitter: Emitter, tensor: Tensor, rank: int) -> Tensor:
    """``(C, *spatial)`` to ``(*spatial, C)``."""
    perm = (*range(1, rank), 0)
    return emitter.add(Transpose(perm), tensor, suffix="to_channels_last")


def channels_first(emitter: Emitter, tensor: Tensor, rank: int) -> Tensor:
    """``(*spatial, C)`` back to ``(C, *spatial)``."""
    perm = (rank - 1, *range(rank - 1))
    return emitter.add(Transpose(perm), tensor, suffix="to_channels_first")


def between_transposes(emitter: Emitter, op: Operator, tensor: Tensor, rank: int) -> Tensor:
    """One channels-last operator on a channels-first tensor."""
    inner = emitter.add(op, channels_last(emitter, tensor, rank))
    return channels_first(emitter, inner, rank)
