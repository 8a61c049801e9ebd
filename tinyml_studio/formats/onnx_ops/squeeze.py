"""Squeeze and Unsqueeze of a computed tensor."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.folds.call import normal_axes
from tinyml_studio.formats.onnx_ops.axes import sample_axes
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Reshape

_REMOVES = "it removes the batch"


def squeeze(emitter: Emitter) -> Tensor:
    """Remove axes of size 1; all of them when nothing is said."""
    tensor, shape = emitter.tensor()
    axes = emitter.integers("axes", 1)
    if axes is None:
        # A batch of one would go too, so the file must be made for any number of samples.
        if emitter.around.batch == 1:
            raise Refused(_REMOVES)
        return emitter.add(Reshape(tuple(size for size in shape if size != 1)), tensor)
    gone = sample_axes(axes, shape, _REMOVES)
    if any(shape[axis] != 1 for axis in gone):
        raise Malformed(f"the axes {list(axes)} of a sample of shape {list(shape)} are not all 1")
    kept = tuple(size for axis, size in enumerate(shape) if axis not in gone)
    return emitter.add(Reshape(kept), tensor)


def unsqueeze(emitter: Emitter) -> Tensor:
    """Insert axes of size 1 behind the batch."""
    tensor, shape = emitter.tensor()
    axes = emitter.integers("axes", 1)
    if axes is None:
        raise Malformed("it does not say which axes to insert")
    new = normal_axes(axes, len(shape) + 1 + len(axes))
    if 0 in new:
        raise Refused("it moves the batch")
    sizes = iter(shape)
    made = (1 if axis in new else next(sizes) for axis in range(1, len(shape) + 1 + len(axes)))
    return emitter.add(Reshape(tuple(made)), tensor)
