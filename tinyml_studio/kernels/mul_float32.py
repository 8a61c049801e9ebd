"""Product of two tensors with a float32 ratio."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import are_narrow_planes, common_rank, with_rank
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import MulFloat32
from tinyml_studio.program.program import QuantizedTensor


def mul_float32(
    item: MulFloat32, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """The product of what is left of the zero points, scaled; the output's zero point added."""
    a, b = operands
    if are_narrow_planes(operands):
        planes = _scaled(item, a.planes * b.planes, output)
        np.clip(planes, np.float32(item.low), np.float32(item.high), out=planes)
        np.subtract(planes, np.float32(output.zero_point), out=planes)
        return Activation(output, planes=planes)
    left, right = (with_rank(operand.centred, common_rank(operands)) for operand in operands)
    scaled = _scaled(item, (left * right).astype(np.float32), output)
    return finish(scaled.astype(np.float64), output, low=item.low, high=item.high)


def _scaled(item: MulFloat32, product: FloatArray, output: QuantizedTensor) -> FloatArray:
    """Nearest integers, the output's zero point included; overwrites the products."""
    np.multiply(product, np.float32(item.ratio), out=product)
    np.add(product, np.float32(output.zero_point + item.origin), out=product)
    np.rint(product, out=product)
    return np.subtract(product, np.float32(item.origin), out=product)
