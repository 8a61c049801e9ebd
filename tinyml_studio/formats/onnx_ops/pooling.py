"""What MaxPool and AveragePool share: the ceil mode, written as padding at the end."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.windows import Windows, read_windows
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.ir.ops import Pads, Shape


def pool_windows(emitter: Emitter, spatial: Shape) -> tuple[Windows, Pads]:
    """The windows of a pool, and the extra cells that its ceil mode adds on every axis.

    Raises
    ------
    Refused
        For dilated pools and windows that lie in the padding only.
    """
    windows = read_windows(emitter, spatial, None)
    if any(dilation != 1 for dilation in windows.dilations):
        raise Refused("a dilated pool is not supported")
    for (before, after), kernel in zip(windows.pads, windows.kernel, strict=True):
        if before >= kernel or after >= kernel:
            raise Refused("its padding is as large as its window")
    if not emitter.attributes.flag("ceil_mode"):
        return windows, ((0, 0),) * len(spatial)
    extra = tuple((0, _extra(size, axis, windows)) for axis, size in enumerate(spatial))
    return windows, extra


def _extra(size: int, axis: int, windows: Windows) -> int:
    """Cells behind the padded input that the last, incomplete window reaches.

    The last window has to start inside the input or the padding before it (as PyTorch does, and
    ONNX Runtime since its release 1.19).
    """
    before, after = windows.pads[axis]
    kernel, stride = windows.kernel[axis], windows.strides[axis]
    steps = -(-(size + before + after - kernel) // stride)
    if steps * stride >= size + before:
        steps -= 1
    return max(steps * stride + kernel - (size + before + after), 0)


def with_extra(windows: Windows, extra: Pads) -> Windows:
    """The same windows with the cells of the ceil mode as padding."""
    pads = tuple(
        (before + more_before, after + more_after)
        for (before, after), (more_before, more_after) in zip(windows.pads, extra, strict=True)
    )
    return replace(windows, pads=pads)
