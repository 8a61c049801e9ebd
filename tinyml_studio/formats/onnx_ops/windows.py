"""Geometry of sliding windows: the attributes that Conv and the pools share (ONNX Operators.md)."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.wire import Attributes
from tinyml_studio.ir.ops import Pads, Shape

MAX_STEP = 2**20  # of a kernel, stride, dilation or pad: far beyond any real network


@dataclass(frozen=True)
class Windows:
    """Kernel, strides, dilations and pads, one entry per spatial axis."""

    kernel: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    pads: Pads


def read_windows(emitter: Emitter, spatial: Shape, kernel: tuple[int, ...] | None) -> Windows:
    """The window attributes of a node over a tensor of this spatial shape.

    Parameters
    ----------
    emitter
        The node.
    spatial
        Sizes of the spatial axes.
    kernel
        Kernel size of the weights; None to take the attribute, which must then be there.

    Raises
    ------
    Malformed
        If attributes are missing, negative or have another number of entries.
    """
    attributes, rank = emitter.attributes, len(spatial)
    stated = attributes.integers("kernel_shape")
    if kernel is None and stated is None:
        raise Malformed("the attribute kernel_shape is missing")
    if kernel is not None and stated is not None and stated != kernel:
        raise Malformed(f"kernel_shape {list(stated)} where the weights have {list(kernel)}")
    size = axis_entries(attributes, "kernel_shape", rank) if kernel is None else kernel
    strides = axis_entries(attributes, "strides", rank)
    dilations = axis_entries(attributes, "dilations", rank)
    reach = tuple((k - 1) * d + 1 for k, d in zip(size, dilations, strict=True))
    return Windows(size, strides, dilations, _pads(attributes, spatial, reach, strides))


def axis_entries(attributes: Attributes, name: str, rank: int) -> tuple[int, ...]:
    """A positive integer per axis; 1 when nothing is said."""
    values = attributes.integers(name)
    values = (1,) * rank if values is None else values
    if len(values) != rank or not all(1 <= value <= MAX_STEP for value in values):
        raise Malformed(f"the attribute {name} is {list(values)} for {rank} spatial axes")
    return values


def _pads(attributes: Attributes, spatial: Shape, reach: Shape, strides: Shape) -> Pads:
    """Padding per axis: stated, or such that the output has ceil(size / stride) positions."""
    mode = attributes.text("auto_pad", "NOTSET")
    rank = len(spatial)
    if mode == "VALID":
        return ((0, 0),) * rank
    if mode in ("SAME_UPPER", "SAME_LOWER"):
        totals = [
            max((-(-size // stride) - 1) * stride + r - size, 0)
            for size, stride, r in zip(spatial, strides, reach, strict=True)
        ]
        small = [(total // 2, total - total // 2) for total in totals]
        return tuple(small if mode == "SAME_UPPER" else [(b, a) for a, b in small])
    if mode not in ("NOTSET", ""):
        raise Malformed(f"the attribute auto_pad is {mode[:40]!r}")
    values = attributes.integers("pads")
    values = (0,) * (2 * rank) if values is None else values
    if len(values) != 2 * rank or not all(0 <= value <= MAX_STEP for value in values):
        raise Malformed(f"the attribute pads is {list(values)} for {rank} spatial axes")
    return tuple(zip(values[:rank], values[rank:], strict=True))
