"""Pad with a constant value."""

from __future__ import annotations

import math

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.folds.call import normal_axes
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Pad


def convert(emitter: Emitter) -> Tensor:
    """Amounts and value are attributes before opset 11 and operands since; axes since 18."""
    tensor, shape = emitter.tensor()
    mode = emitter.attributes.text("mode", "constant")
    if mode != "constant":
        raise Refused(f"padding with the mode {mode[:40]!r} is not supported")
    value = _value(emitter)
    rank = len(shape) + 1
    amounts = emitter.integers("pads", 1)
    axes = normal_axes(emitter.integers("axes", 3) or range(rank), rank)
    if amounts is None or len(amounts) != 2 * len(axes):
        raise Malformed(f"its pads do not fit {len(axes)} axes")
    pads = [(0, 0)] * rank
    for axis, before, after in zip(axes, amounts, amounts[len(axes) :], strict=False):
        pads[axis] = (before, after)
    if pads[0] != (0, 0):
        raise Refused("it pads the batch")
    if min(min(pair) for pair in pads) < 0:
        raise Refused("negative padding is not supported")
    return emitter.add(Pad(tuple(pads[1:]), value), tensor)


def _value(emitter: Emitter) -> float:
    """The value of the padding; an infinite one has no counterpart."""
    name = "value" if emitter.opset < 11 else "constant_value"
    value = emitter.scalar(name, 2, 0.0)
    if not math.isfinite(value):
        raise Refused("padding with infinity is not supported")
    return value
