"""Resize and Upsample of images and sequences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.layout import between_transposes
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import BATCHES, Known, Tensor
from tinyml_studio.ir.ops import Coordinates, Gather, ResizeBilinear, Shape

_MAX_SIZE = 1 << 16
_LINEAR = {
    "asymmetric": Coordinates.ASYMMETRIC,
    "align_corners": Coordinates.ALIGN_CORNERS,
    "half_pixel": Coordinates.HALF_PIXEL,
    "pytorch_half_pixel": Coordinates.HALF_PIXEL,
}


@dataclass(frozen=True)
class _Target:
    """Sizes of the sample's axes, and the factors that ONNX computes places with."""

    size: Shape
    scales: tuple[float, ...]


def convert(emitter: Emitter) -> Tensor:
    """Nearest values by their indices, linear ones between channels-last images."""
    tensor, shape = emitter.tensor()
    attributes = emitter.attributes
    if attributes.flag("antialias") or attributes.flag("exclude_outside"):
        raise Refused("resizing with antialias or without the outside is not supported")
    if attributes.text("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise Refused("resizing with a fixed aspect ratio is not supported")
    if "axes" in attributes:
        raise Refused("resizing of some axes only is not supported")
    mode = attributes.text("mode", "nearest")
    target = _target(emitter, shape)
    if mode == "nearest":
        return emitter.add(_nearest(emitter, shape, target), tensor)
    if mode == "cubic":
        raise Refused(
            "resizing with the mode 'cubic' has no integers: ONNX Runtime does it with real "
            "numbers alone, TFLite not at all"
        )
    if mode != "linear":
        raise Refused(f"resizing with the mode {mode[:40]!r} is not supported")
    return _linear(emitter, tensor, shape, target)


def _target(emitter: Emitter, shape: Shape) -> _Target:
    """What the sizes or the scales ask for; the batch must stay as it is."""
    if emitter.opset >= 11 and emitter.has(3):
        sizes = _sizes(emitter)
        if len(sizes) != len(shape) or not all(1 <= size <= _MAX_SIZE for size in sizes):
            raise Malformed(f"it makes the sizes {list(sizes)} of {list(shape)}")
        factors = np.array(sizes, np.float32) / np.array(shape, np.float32)
        return _Target(sizes, tuple(float(factor) for factor in factors))
    index = 2 if emitter.opset >= 11 else 1
    if emitter.opset < 9:
        raise Refused("the Upsample of opsets before 9 is not supported")
    scales = emitter.weights(index, "scales")
    if scales.shape != (len(shape) + 1,) or not (scales > 0).all():
        raise Malformed(f"its scales do not fit {len(shape) + 1} axes")
    if scales[0] != 1:
        raise Refused("it resizes the batch")
    sizes = tuple(int(np.floor(n * factor)) for n, factor in zip(shape, scales[1:], strict=True))
    if not all(1 <= size <= _MAX_SIZE for size in sizes):
        raise Malformed(f"it makes the sizes {list(sizes)} of {list(shape)}")
    return _Target(sizes, tuple(float(factor) for factor in scales[1:]))


def _sizes(emitter: Emitter) -> Shape:
    """The sizes behind the batch, which may be computed from the shape of another tensor."""
    value = emitter.operand(3)
    if not isinstance(value, Known):
        raise Refused("its sizes are computed by the network")
    trials = [value.at(trial).reshape(-1).astype(np.int64).tolist() for trial in (0, 1)]
    batch = emitter.around.batch
    for trial, sizes in enumerate(trials):
        if not sizes or sizes[0] not in (BATCHES[trial], batch, 1):
            raise Refused("it resizes the batch")
    if trials[0][1:] != trials[1][1:]:
        raise Refused("its sizes depend on the batch")
    return tuple(trials[0][1:])


def _nearest(emitter: Emitter, shape: Shape, target: _Target) -> Gather:
    """Indices of every axis that changes."""
    legacy = emitter.node.op_type == "Upsample" or emitter.opset < 11
    default = "asymmetric" if legacy else "half_pixel"
    coordinates = emitter.attributes.text("coordinate_transformation_mode", default)
    rounding = emitter.attributes.text("nearest_mode", "floor" if legacy else "round_prefer_floor")
    taken: list[tuple[int, ...] | None] = []
    for length, count, scale in zip(shape, target.size, target.scales, strict=True):
        if length == count and scale == 1.0:
            taken.append(None)
            continue
        places = _places(coordinates, length, count, scale)
        nearest = np.clip(_rounded(places, rounding), 0, length - 1)
        taken.append(tuple(nearest.astype(int).tolist()))
    return Gather(tuple(taken), label="ResizeNearest")


def _places(coordinates: str, length: int, count: int, scale: float) -> FloatArray:
    """Where outputs lie in the input, in float32 as ONNX Runtime computes it."""
    at, factor = np.arange(count, dtype=np.float32), np.float32(scale)
    half = np.float32(0.5)
    if coordinates == "asymmetric":
        return np.asarray(at / factor)
    if coordinates == "half_pixel" or (coordinates == "pytorch_half_pixel" and count > 1):
        return np.asarray((at + half) / factor - half)
    if coordinates == "pytorch_half_pixel":
        return np.zeros(1, np.float32)
    if coordinates == "tf_half_pixel_for_nn":
        return np.asarray((at + half) / factor)
    if coordinates == "align_corners":
        return np.asarray(at * np.float32(length - 1) / np.float32(max(count - 1, 1)))
    raise Refused(f"the coordinates {coordinates[:40]!r} are not supported")


def _rounded(places: FloatArray, mode: str) -> FloatArray:
    """Places to the nearest index, by the way that ties go."""
    if mode == "round_prefer_floor":
        return np.asarray(np.ceil(places - np.float32(0.5)))
    if mode == "round_prefer_ceil":
        return np.asarray(np.floor(places + np.float32(0.5)))
    if mode in ("floor", "ceil"):
        return np.floor(places) if mode == "floor" else np.ceil(places)
    raise Malformed(f"its nearest_mode is {mode[:40]!r}")


def _linear(emitter: Emitter, tensor: Tensor, shape: Shape, target: _Target) -> Tensor:
    """One node; TFLite's three ways to place the outputs."""
    legacy = emitter.node.op_type == "Upsample" or emitter.opset < 11
    default = "asymmetric" if legacy else "half_pixel"
    coordinates = emitter.attributes.text("coordinate_transformation_mode", default)
    if coordinates not in _LINEAR:
        raise Refused(f"the coordinates {coordinates[:40]!r} are not supported")
    if len(shape) not in (2, 3) or target.size[0] != shape[0]:
        raise Refused("only images and sequences are resized, and not their channels")
    if coordinates == "pytorch_half_pixel" and 1 in target.size[1:]:
        raise Refused("the coordinates 'pytorch_half_pixel' of a single output are not supported")
    exact = zip(shape[1:], target.size[1:], target.scales[1:], strict=True)
    if any(abs(length * scale - count) > 1e-3 for length, count, scale in exact):
        raise Refused("its scales give no whole sizes")
    op = ResizeBilinear(target.size[1:], _LINEAR[coordinates])
    return between_transposes(emitter, op, tensor, len(shape))
