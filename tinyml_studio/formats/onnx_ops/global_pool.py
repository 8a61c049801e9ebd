"""GlobalAveragePool, GlobalMaxPool and ReduceMax."""

from __future__ import annotations

from math import prod

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.axes import sample_axes
from tinyml_studio.formats.onnx_ops.layout import between_transposes, spatial_input
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Identity, MaxPool, Mean, Reshape, Transpose


def average(emitter: Emitter) -> Tensor:
    """The mean over all spatial axes."""
    tensor, shape = emitter.tensor()
    if len(shape) < 2:
        raise Malformed("its input has no spatial axes")
    return emitter.add(Mean(tuple(range(1, len(shape))), keepdims=True), tensor)


def reduce_max(emitter: Emitter) -> Tensor:
    """A pool over all positions of some axes, which are brought to the front."""
    tensor, shape = emitter.tensor()
    refusal = "it takes the maximum over the batch"
    axes = emitter.integers("axes", 1)
    if not axes:
        if emitter.attributes.flag("noop_with_empty_axes"):
            return emitter.add(Identity(), tensor)
        raise Refused(refusal)
    return largest(emitter, tensor, tuple(sorted(sample_axes(axes, shape, refusal))))


def largest(emitter: Emitter, tensor: Tensor, gone: tuple[int, ...], *, suffix: str = "") -> Tensor:
    """The maximum of a tensor over axes of the sample, by the name of `suffix`."""
    shape = tensor.shape or ()
    kept = [axis for axis in range(len(shape)) if axis not in gone]
    count = prod(shape[axis] for axis in gone)
    turned = emitter.add(Transpose((*gone, *kept)), tensor, suffix="turned")
    rows = (count, prod(shape[axis] for axis in kept))
    flat = emitter.add(Reshape(rows), turned, suffix="rows")
    pooled = emitter.add(MaxPool((count,), (1,), ((0, 0),)), flat, suffix=suffix)
    keep = emitter.attributes.flag("keepdims", default=True)
    sizes = [1 if axis in gone else size for axis, size in enumerate(shape)]
    left = tuple(size for axis, size in enumerate(sizes) if keep or axis not in gone)
    return emitter.add(Reshape(left), pooled, suffix="shape")


def maximum(emitter: Emitter) -> Tensor:
    """One window over the whole input."""
    tensor, shape = spatial_input(emitter)
    spatial = shape[1:]
    op = MaxPool(spatial, (1,) * len(spatial), ((0, 0),) * len(spatial))
    return between_transposes(emitter, op, tensor, len(shape))
