"""PRelu: one slope for all values, or slopes that broadcast."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.broadcast import constant_operand
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import LeakyRelu, PRelu


def convert(emitter: Emitter) -> Tensor:
    """The slopes are a constant operand."""
    tensor, shape = emitter.tensor()
    slope = emitter.weights(1, "slope")
    if slope.ndim > len(shape) + 1:
        raise Malformed("its slope has more axes than its input")
    if (slope == slope.flat[0]).all():
        return emitter.add(LeakyRelu(float(slope.flat[0])), tensor)
    values = constant_operand(emitter, 1, shape)
    return emitter.add(PRelu(), tensor, emitter.hold(values, "slope", operand=1))
