"""AveragePool, with the padding counted or not."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.layout import channels_first, channels_last, spatial_input
from tinyml_studio.formats.onnx_ops.pooling import pool_windows, with_extra
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import AveragePool, Pad


def convert(emitter: Emitter) -> Tensor:
    """Counted padding becomes zeros of the tensor; cells of the ceil mode are never counted."""
    tensor, shape = spatial_input(emitter)
    windows, extra = pool_windows(emitter, shape[1:])
    inner = channels_last(emitter, tensor, len(shape))
    counted = emitter.attributes.flag("count_include_pad")
    if counted and any(pair != (0, 0) for pair in windows.pads):
        inner = emitter.add(Pad((*windows.pads, (0, 0))), inner, suffix="counted_padding")
        op = AveragePool(windows.kernel, windows.strides, extra)
    else:
        windows = with_extra(windows, extra)
        op = AveragePool(windows.kernel, windows.strides, windows.pads)
    return channels_first(emitter, emitter.add(op, inner), len(shape))
