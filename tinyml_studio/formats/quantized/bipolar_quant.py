"""BipolarQuant (QONNX): weights of one bit, -1 or 1 times a scale."""

from __future__ import annotations

import numpy as np

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.encoding import Encoding, StoredType
from tinyml_studio.formats.quantized.parameters import checked_scales
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Known, Tensor


def convert(emitter: Emitter) -> Tensor:
    """An activation of one bit has no counterpart."""
    raise Refused("an activation of one bit (-1 or 1) is not supported")


def evaluate(emitter: Emitter) -> Known:
    """A constant: zero counts as positive."""
    values = emitter.weights(0, "operand")
    scale = emitter.weights(1, "scale")
    axes = [axis for axis, size in enumerate(scale.shape) if size != 1]
    axis = axes[0] + values.ndim - scale.ndim if axes else 0
    if len(axes) > 1 or axis < 0 or (axes and values.shape[axis] != scale.size):
        raise Malformed(f"its scale of shape {list(scale.shape)} does not fit its operand")
    checked = checked_scales(scale)
    signs = np.where(values >= 0, 1, -1).astype(np.int8)
    kind, zeros = StoredType(1, signed=True), np.zeros(checked.size, np.int64)
    encoding = Encoding(kind, checked, zeros, axis, signs, binary=True)
    return Known(encoding.real(signs), encoding=encoding)
