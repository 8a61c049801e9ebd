"""Softmax in float32: tables of the exponentials of all distances to the largest value."""

from __future__ import annotations

import math

import numpy as np

from tinyml_studio.arith.float32 import rounded
from tinyml_studio.arith.inttype import INT8, INT16, FloatArray
from tinyml_studio.ir.ops import Softmax
from tinyml_studio.lower.layer import Layer
from tinyml_studio.program.instructions import SoftmaxFloat32
from tinyml_studio.program.program import QuantizedTensor

_FINE_BITS = 8  # of the distance of two 16-bit values
_LARGEST = float(np.finfo(np.float32).max)
_RESERVE = 5.0  # powers of e between the largest sum and the largest float32


def emit_float32_softmax(layer: Layer, source: QuantizedTensor, output: QuantizedTensor) -> None:
    """Emit the kernel over the last axis; any output grid."""
    op = layer.op(Softmax)
    steps = _steps(output, whole=op.whole_steps)
    coarse, fine = _tables(source, output, steps, scale=rounded(source.scale * op.beta))
    layer.emit(
        SoftmaxFloat32(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            coarse=coarse,
            fine=fine,
            steps=steps,
        )
    )


def _tables(
    source: QuantizedTensor, output: QuantizedTensor, steps: float, *, scale: float
) -> tuple[FloatArray, FloatArray]:
    """Exponentials of minus the distance in steps of `scale`, 256 coarse and fine ones for 16 bits.

    From 8 to 8 bits they are those of ``QLinearSoftmax``, all times a factor that makes the
    largest sum just fit float32; it is left out where a share would not fit (few, tiny steps).
    """
    if source.type == INT16:
        places = np.arange(1 << _FINE_BITS, dtype=np.float64)
        fine = np.exp(-places * scale)
        return np.exp(-places * 2**_FINE_BITS * scale).astype(np.float32), fine.astype(np.float32)
    depth = source.shape[-1]
    levels = source.type.max - source.type.min
    shift = 0.0
    if output.type.bits <= INT8.bits and steps < math.exp(_RESERVE) * depth:
        # ONNX Runtime takes the logarithm of a float32 value in float32
        shift = max(0.0, rounded(math.log(rounded(_LARGEST / depth))) - _RESERVE) / scale
    index = np.arange(levels, -1, -1, dtype=np.float64)
    table = np.exp((index - levels + shift) * scale)
    return table.astype(np.float32), np.ones(1, np.float32)


def _steps(output: QuantizedTensor, *, whole: bool) -> float:
    """Steps of the output from 0 to 1, without their fraction where only whole ones are wanted."""
    steps = rounded(1.0 / output.scale)
    return math.floor(steps) if whole else steps
