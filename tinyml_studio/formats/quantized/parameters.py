"""Scales and zero points of a node: the trust boundary of everything that is quantized."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.encoding import Encoding, StoredType
from tinyml_studio.formats.limits import MAX_SCALE, MIN_SCALE
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Known, Tensor
from tinyml_studio.formats.wire import Array

UINT8, INT32 = StoredType(8, signed=False), StoredType(32, signed=True)
_NAMES = ("int4", "uint4", "int8", "uint8", "int16", "uint16", "int32")
STORED = {
    str(kind): kind
    for kind in (StoredType(bits, signed) for bits in (4, 8, 16, 32) for signed in (True, False))
    if str(kind) in _NAMES
}
"""Types that QuantizeLinear and DequantizeLinear know, by name."""


def stored_type(known: Known) -> StoredType:
    """The type of a constant's integers.

    Raises
    ------
    Malformed
        If they are no integers, or of a width that is never quantized.
    """
    name = str(known.array.dtype)
    if known.bits:
        name = f"{name.rstrip('0123456789')}{known.bits}"
    if name not in STORED:
        raise Malformed(f"a quantized tensor cannot be of type {name}")
    return STORED[name]


def scales(
    emitter: Emitter, index: int, what: str = "scale", *, rows: bool = False
) -> NDArray[np.float64]:
    """The scales of an operand, ``(1,)`` or ``(C,)``; with `rows` also ``(1, C)`` and the like.

    Raises
    ------
    Malformed
        If they are missing, of another type, or not positive and normal.
    Refused
        If they are computed, or there is one for every block.
    """
    array = emitter.constant(index, what)
    if array is None:
        raise Malformed(f"its {what} is missing")
    if array.dtype != np.float32 or not array.size:
        raise Malformed(f"its {what} is of type {array.dtype} and shape {list(array.shape)}")
    if array.ndim > 1 and not (rows and array.size == max(array.shape)):
        raise Refused(f"its {what} has {array.ndim} axes; blocks are not supported")
    return checked_scales(array, what)


def checked_scales(array: Array, what: str = "scale") -> NDArray[np.float64]:
    """Scales as float64, flat; `Malformed` if one is not positive and normal."""
    flat = array.reshape(-1).astype(np.float64)
    good = (flat >= MIN_SCALE) & (flat <= MAX_SCALE)
    if not good.all():
        raise Malformed(
            f"its {what} is {flat[~good][0]:g}", hint="a scale is positive, finite and normal"
        )
    return flat


def zero_points(
    emitter: Emitter,
    index: int,
    kind: StoredType | None,
    count: int,
    what: str = "zero point",
    *,
    rows: bool = False,
) -> tuple[Int64Array, StoredType | None]:
    """The zero points of an operand, 0 where they are left out, and the type that they have.

    With `rows` they may stand in an array like ``(1, C)``.

    Raises
    ------
    Malformed
        If their type is not `kind`, or there are not `count` of them.
    """
    array = emitter.constant(index, what)
    if array is None:
        return np.zeros(count, np.int64), kind
    known = emitter.operand(index)
    stated = stored_type(known) if isinstance(known, Known) else None
    if kind is not None and stated != kind:
        raise Malformed(f"its {what} is of type {stated}, and its integers are {kind}")
    in_line = array.ndim <= 1 or (rows and array.size == max(array.shape))
    if not in_line or array.size != count:
        raise Malformed(f"it has {array.size} zero points for {count} scales")
    points = array.reshape(-1).astype(np.int64)
    if stated == INT32 and points.any():
        raise Malformed(f"its {what} is {points[points != 0][0]}, and int32 has 0")
    return points, stated


def weight_encoding(emitter: Emitter, scale: int, zero_point: int, *, kind: StoredType) -> Encoding:
    """The encoding of weights of an operator on integers.

    Unlike those of DequantizeLinear they may have one scale and several zero points, or several
    scales and one zero point.

    Raises
    ------
    Malformed, Refused
        As `read_encoding`.
    """
    values = scales(emitter, scale, rows=True)
    array = emitter.constant(zero_point, "zero point")
    both_many = array is not None and values.size > 1 < array.size
    count = values.size if array is None or both_many else max(array.size, 1)
    points, _ = zero_points(emitter, zero_point, kind, count, rows=True)
    both = np.broadcast_arrays(values, points)
    return Encoding(kind, both[0].copy(), both[1].copy())


def read_encoding(
    emitter: Emitter,
    scale: int,
    zero_point: int,
    *,
    kind: StoredType | None = None,
    default: StoredType = UINT8,
) -> Encoding:
    """The encoding that two operands state.

    Parameters
    ----------
    emitter
        The node.
    scale, zero_point
        Positions of the operands.
    kind
        Type of the integers, where it is known; the zero point must have it.
    default
        Type of the integers where neither `kind` nor a zero point says it.

    Raises
    ------
    Malformed, Refused
        As `scales` and `zero_points`.
    """
    values = scales(emitter, scale)
    points, stated = zero_points(emitter, zero_point, kind, values.size)
    return Encoding(stated or default, values, points)


def along_axis(encoding: Encoding, axis: int, shape: tuple[int, ...]) -> Encoding:
    """The same with its axis, which must have as many indices as there are scales.

    Raises
    ------
    Malformed
        If there is no such axis, or the numbers do not match.
    """
    if encoding.is_single:
        return encoding
    if not -len(shape) <= axis < len(shape):
        raise Malformed(f"its axis is {axis}, and its operand has {len(shape)} axes")
    axis %= len(shape)
    if shape[axis] != encoding.scale.size:
        raise Malformed(f"it has {encoding.scale.size} scales for {shape[axis]} channels")
    return Encoding(encoding.kind, encoding.scale, encoding.zero_point, axis)


def check_integers(emitter: Emitter, tensor: Tensor, encoding: Encoding) -> None:
    """A computed operand must hold integers, of the type and on the grid that is stated.

    Raises
    ------
    Refused
        If it holds real numbers, or integers that were made with other parameters.
    Malformed
        If its type is another.
    """
    if not tensor.stored:
        raise Refused(f"its operand {tensor.name!r} holds real numbers")
    if tensor.stored != str(encoding.kind):
        raise Malformed(f"its operand is of type {tensor.stored}, its zero point {encoding.kind}")
    emitter.adopt(tensor, encoding.grid)
