"""What a tensor of the file stands for while it is translated."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.schema import WireTensor
from tinyml_studio.ir.found import FoundGrid
from tinyml_studio.ir.ops import Shape


@dataclass(frozen=True)
class Tensor:
    """A tensor that the network computes.

    `shape` is that of one sample, None when nobody knows it; `grid` is None for real numbers.
    """

    name: str
    shape: Shape | None
    grid: FoundGrid | None


@dataclass(frozen=True, eq=False)
class Known:
    """A constant of the file."""

    wire: WireTensor


Value = Tensor | Known


def sample_shape(tensor: WireTensor, batch: int) -> Shape:
    """The shape without the batch.

    Raises
    ------
    Refused
        If the first axis is no batch, or an axis has no fixed size.
    """
    if tensor.dynamic:
        raise Refused(f"tensor {tensor.index} {tensor.name!r:.80} has an axis without a fixed size")
    if not tensor.shape or tensor.shape[0] != batch:
        raise Refused(
            f"the first axis of tensor {tensor.index}, shape {tensor.shape}, is not the batch"
        )
    return tensor.shape[1:]
