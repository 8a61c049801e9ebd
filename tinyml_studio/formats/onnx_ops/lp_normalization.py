"""LpNormalization: vectors along one axis, brought to the length 1."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.axes import sample_axis
from tinyml_studio.formats.onnx_ops.last_axis import add_along
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import L2Normalization


def convert(emitter: Emitter) -> Tensor:
    """The usual length; that of the sum of magnitudes is refused."""
    tensor, shape = emitter.tensor()
    order = emitter.attributes.integer("p", 2)
    if order != 2:
        raise Refused(f"its p is {order}, and only lengths, p = 2, have integers")
    axis = sample_axis(
        emitter.attributes.integer("axis", -1), shape, "it normalizes over the batch"
    )
    return add_along(emitter, L2Normalization(), tensor, shape, axis)
