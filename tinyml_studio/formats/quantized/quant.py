"""Quant (QONNX): real numbers rounded to a grid of 1 to 16 bits, still real.

Source: the QONNX operator description of Quant (quant.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.encoding import Encoding, StoredType
from tinyml_studio.formats.quantized.parameters import checked_scales
from tinyml_studio.formats.quantized.quantize_linear import brought_on
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Known, Tensor
from tinyml_studio.formats.wire import Array
from tinyml_studio.ir.ops import Clamp, Clip

_Rounding = Callable[[Array], Array]
_ROUNDINGS: dict[str, _Rounding] = {
    "ROUND": np.rint,
    "CEIL": np.ceil,
    "FLOOR": np.floor,
    "ROUND_TO_ZERO": np.trunc,
    "DOWN": np.trunc,
    "UP": lambda values: np.copysign(np.ceil(np.abs(values)), values),
    "HALF_EVEN": np.rint,
    "HALF_UP": lambda values: np.copysign(np.floor(np.abs(values) + 0.5), values),
    "HALF_DOWN": lambda values: np.copysign(np.ceil(np.abs(values) - 0.5), values),
}
_MOST_BITS = 32


def convert(emitter: Emitter) -> Tensor:
    """An activation: its grid, and a limit where it takes fewer values than our type has."""
    tensor, _ = emitter.tensor()
    mode = _mode(emitter)
    if mode not in ("ROUND", "HALF_EVEN"):
        raise Refused(f"an activation with the rounding mode {mode} is not supported")
    encoding = _encoding(emitter, None)
    if tensor.stored:
        raise Malformed(f"its operand {tensor.name!r} holds integers")
    grid = encoding.grid
    low, high = _limits(emitter, encoding.kind)
    if encoding.is_full and high - low == encoding.kind.high - encoding.kind.low:
        return replace(brought_on(emitter, tensor, encoding), stored="")
    scale, zero_point = grid.scale, int(encoding.zero_point[0])
    clamp = Clamp(scale * (low - zero_point), scale * (high - zero_point))
    if emitter.grid_of(tensor.name) is None:
        emitter.wishes.append((tensor.name, grid))
    made = emitter.add(Clip(clamp), tensor)
    emitter.grids[made.name] = grid
    return made


def evaluate(emitter: Emitter) -> Known:
    """A constant: its values on the grid, which remember their integers."""
    values = emitter.weights(0, "operand")
    encoding = _encoding(emitter, values.shape)
    low, high = _limits(emitter, encoding.kind)
    steps = values / encoding.along(encoding.scale.astype(np.float32), values.ndim)
    zero_point = encoding.zero_point.astype(encoding.float_type)
    moved = steps.astype(encoding.float_type, copy=False) + encoding.along(zero_point, values.ndim)
    integers = _ROUNDINGS[_mode(emitter)](np.clip(moved, low, high)).astype(
        np.int64 if encoding.kind.bits > 16 else np.int32
    )
    return Known(encoding.real(integers), encoding=encoding.of(integers))


def _mode(emitter: Emitter) -> str:
    mode = emitter.attributes.text("rounding_mode", "ROUND").upper()
    if mode not in _ROUNDINGS:
        raise Refused(f"the rounding mode {mode[:40]!r} is not supported")
    return mode


def _encoding(emitter: Emitter, shape: tuple[int, ...] | None) -> Encoding:
    """Scale, zero point and width, which are operands; `shape` is that of a constant."""
    kind = StoredType(_bits(emitter), signed=emitter.attributes.flag("signed", default=True))
    scale, axis = _along(emitter, 1, "scale", shape)
    zero_point, zero_axis = _along(emitter, 2, "zero point", shape)
    checked = checked_scales(scale)
    points = zero_point.astype(np.float64)
    if not (np.isfinite(points).all() and (points == np.rint(points)).all()):
        raise Malformed(f"its zero point is {points[0]:g}, not a whole number")
    if (points < kind.low).any() or (points > kind.high).any():
        raise Malformed(f"its zero point is {points[0]:g}, outside of {kind}")
    if points.size not in (1, checked.size) or (points.size > 1 and zero_axis != axis):
        raise Malformed(f"it has {points.size} zero points for {checked.size} scales")
    whole = np.broadcast_to(points.astype(np.int64), checked.shape)
    return Encoding(kind, checked, whole, axis)


def _bits(emitter: Emitter) -> int:
    """The width, which the file holds as a number of any type."""
    array = _numbers(emitter, 3, "bit width")
    bits = float(array.reshape(-1)[0])
    if array.size != 1 or bits != round(bits) or not 1 <= bits <= _MOST_BITS:
        raise Malformed(f"its bit width is {bits:g}")
    return int(bits)


def _numbers(emitter: Emitter, index: int, what: str) -> FloatArray:
    """A constant of real numbers; some exporters write whole ones as integers."""
    array = emitter.constant(index, what)
    if array is not None and array.dtype.kind == "i":
        return array.astype(np.float32)
    return emitter.weights(index, what)


def _along(
    emitter: Emitter, index: int, what: str, shape: tuple[int, ...] | None
) -> tuple[FloatArray, int]:
    """A parameter as ``(1,)`` or ``(C,)``, and the axis that it broadcasts along."""
    array: Array = _numbers(emitter, index, what)
    if array.size == 1:
        return array.reshape(1), 0
    axes = [axis for axis, size in enumerate(array.shape) if size != 1]
    if len(axes) != 1:
        raise Refused(f"its {what} of shape {list(array.shape)} is along several axes")
    if shape is None:
        raise Refused(f"an activation with several values of its {what} is not supported")
    axis = axes[0] + len(shape) - array.ndim
    if axis < 0 or shape[axis] != array.size:
        raise Malformed(f"its {what} of shape {list(array.shape)} does not fit {list(shape)}")
    return array.reshape(-1), axis


def _limits(emitter: Emitter, kind: StoredType) -> tuple[int, int]:
    """The integers that it may take: `narrow` leaves out the smallest, or the largest unsigned."""
    narrow = emitter.attributes.flag("narrow")
    if narrow and kind.signed:
        return kind.low + 1, kind.high
    return kind.low, kind.high - narrow
