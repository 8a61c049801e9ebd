"""MaxPool."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.layout import between_transposes, spatial_input
from tinyml_studio.formats.onnx_ops.pooling import pool_windows, with_extra
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import MaxPool


def convert(emitter: Emitter) -> Tensor:
    """Padding never wins, so the cells of the ceil mode are padding as well."""
    tensor, shape = spatial_input(emitter)
    if emitter.attributes.flag("storage_order"):
        raise Refused("column-major indices are not supported")
    windows = with_extra(*pool_windows(emitter, shape[1:]))
    op = MaxPool(windows.kernel, windows.strides, windows.pads)
    return between_transposes(emitter, op, tensor, len(shape))
