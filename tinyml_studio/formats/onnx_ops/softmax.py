"""Softmax, over one axis (since opset 13) or over all axes from one on (before)."""

from __future__ import annotations

from math import prod

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.axes import sample_axis
from tinyml_studio.formats.onnx_ops.last_axis import add_along
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import LogSoftmax, Reshape, Shape, Softmax

_REFUSAL = "it normalizes over the batch"


def convert(emitter: Emitter, *, whole_steps: bool = False) -> Tensor:
    """The two meanings agree on the last axis; `whole_steps` as in `Softmax`."""
    tensor, shape = emitter.tensor()
    since_13 = emitter.opset >= 13
    axis = sample_axis(emitter.attributes.integer("axis", -1 if since_13 else 1), shape, _REFUSAL)
    if since_13 or axis == len(shape) - 1:
        return emitter.add(Softmax(axis, whole_steps), tensor)
    return _flattened(emitter, tensor, shape, axis, Softmax(1, whole_steps))


def _flattened(
    emitter: Emitter, tensor: Tensor, shape: Shape, axis: int, softmax: Softmax
) -> Tensor:
    """All axes from `axis` on, as one."""
    rows = (prod(shape[:axis]), prod(shape[axis:]))
    flat = emitter.add(Reshape(rows), tensor, suffix="flat")
    return emitter.add(Reshape(shape), emitter.add(softmax, flat), suffix="unflat")


def logarithm(emitter: Emitter) -> Tensor:
    """LogSoftmax over the last axis, which another one becomes by transposing."""
    tensor, shape = emitter.tensor()
    since_13 = emitter.opset >= 13
    axis = sample_axis(emitter.attributes.integer("axis", -1 if since_13 else 1), shape, _REFUSAL)
    if not since_13 and axis != len(shape) - 1:
        raise Refused("it normalizes over several axes together")
    return add_along(emitter, LogSoftmax(), tensor, shape, axis)
