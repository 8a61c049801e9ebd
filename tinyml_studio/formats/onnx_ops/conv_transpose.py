"""ConvTranspose: one or two spatial axes, groups, dilation, every way to say the output's size."""

from __future__ import annotations

from operator import add

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.layout import between_transposes, spatial_input
from tinyml_studio.formats.onnx_ops.windows import MAX_STEP, axis_entries
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import ConvTranspose, Pads, Shape


def convert(emitter: Emitter) -> Tensor:
    """Weights ``(I, O / g, *k)`` become ``(O, *k, I / g)``, and the layout channels last."""
    tensor, shape = spatial_input(emitter)
    weight = emitter.weights(1, "weight")
    groups = emitter.attributes.integer("group", 1)
    if weight.ndim != len(shape) + 1:
        raise Malformed(f"its weight has {weight.ndim} axes where its input has {len(shape) + 1}")
    if groups < 1 or shape[0] % groups or weight.shape[0] != shape[0]:
        raise Malformed(
            f"its weight of shape {list(weight.shape)} in {groups} group(s)"
            f" does not fit {shape[0]} input channels"
        )
    kernel = tuple(weight.shape[2:])
    stated = emitter.attributes.integers("kernel_shape")
    if stated is not None and stated != kernel:
        raise Malformed(f"kernel_shape {list(stated)} where the weights have {list(kernel)}")
    axes = len(kernel)
    strides = axis_entries(emitter.attributes, "strides", axes)
    dilations = axis_entries(emitter.attributes, "dilations", axes)
    op = ConvTranspose(
        weight=_by_output(weight, groups),
        bias=_bias(emitter, weight.shape[1] * groups),
        strides=strides,
        pads=_cuts(emitter, shape[1:], kernel, strides, dilations),
        dilations=dilations,
        groups=groups,
    )
    if groups == 1:
        emitter.keep_weights(1, channels=1, bias=2)
    return between_transposes(emitter, op, tensor, len(shape))


def _by_output(weight: FloatArray, groups: int) -> FloatArray:
    """``(I, O / g, *k)`` to ``(O, *k, I / g)``."""
    split = weight.reshape(groups, -1, *weight.shape[1:])
    turned = np.moveaxis(split, 1, -1)
    return np.ascontiguousarray(turned).reshape(-1, *turned.shape[2:])


def _bias(emitter: Emitter, channels: int) -> FloatArray:
    """The bias, zeros when the model has none."""
    array = emitter.constant(2, "bias")
    if array is None:
        return np.zeros(channels, np.float32)
    if array.shape != (channels,):
        raise Malformed(f"its bias has shape {list(array.shape)} for {channels} channels")
    return emitter.floats(array, "bias")


def _cuts(
    emitter: Emitter, spatial: Shape, kernel: Shape, strides: Shape, dilations: Shape
) -> Pads:
    """What is cut from both ends of every axis, by the pads, the output's size or the mode."""
    full = [
        (size - 1) * stride + dilation * (length - 1) + 1
        for size, stride, length, dilation in zip(spatial, strides, kernel, dilations, strict=True)
    ]
    more = _amounts(emitter, "output_padding", len(spatial)) or (0,) * len(spatial)
    mode = emitter.attributes.text("auto_pad", "NOTSET")
    if mode not in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER", ""):
        raise Malformed(f"the attribute auto_pad is {mode[:40]!r}")
    wanted = _amounts(emitter, "output_shape", len(spatial))
    if wanted is None and mode.startswith("SAME"):
        # ONNX Runtime cuts down to size * stride, and adds nothing where there is less
        ends = (size * stride for size, stride in zip(spatial, strides, strict=True))
        wanted = tuple(min(pair) for pair in zip(ends, map(add, full, more), strict=True))
    if wanted is None:
        pads = _amounts(emitter, "pads", 2 * len(spatial)) if mode != "VALID" else None
        pads = pads or (0,) * (2 * len(spatial))
        pairs = zip(pads, pads[len(spatial) :], more, strict=False)
        return tuple((before, after - extra) for before, after, extra in pairs)
    cuts = []
    for size, extra, target in zip(full, more, wanted, strict=True):
        total = max(size + extra - target, 0)
        before = total // 2 if mode == "SAME_UPPER" else total - total // 2
        cuts.append((before, size - before - target))
    return tuple(cuts)


def _amounts(emitter: Emitter, name: str, count: int) -> tuple[int, ...] | None:
    """Numbers that are not negative, None when nothing is said."""
    values = emitter.attributes.integers(name)
    if values is None:
        return None
    if len(values) != count or not all(0 <= value <= MAX_STEP for value in values):
        raise Malformed(f"the attribute {name} is {list(values)}, and {count} numbers are needed")
    return values
