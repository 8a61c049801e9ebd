"""BipolarQuant (QONNX): weights or activations of one bit, -1 or 1 times a scale."""

from __future__ import annotations

import numpy as np

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.encoding import Encoding, StoredType
from tinyml_studio.formats.quantized.parameters import checked_scales
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Known, Tensor
from tinyml_studio.ir.found import FoundGrid
from tinyml_studio.ir.ops import Function


def convert(emitter: Emitter) -> Tensor:
    """A function of two values, which lie on a grid of 8 bits."""
    tensor, _ = emitter.tensor()
    scale = checked_scales(emitter.weights(1, "scale").reshape(-1))
    if scale.size != 1:
        raise Refused("an activation with several values of its scale is not supported")
    step = float(scale[0])
    made = emitter.add(Function("Bipolar", gamma=step), tensor)
    emitter.grids[made.name] = FoundGrid(8, step, 0, "int1")
    return made


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
