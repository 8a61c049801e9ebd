"""Pad with a constant value, or with values of the tensor itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.folds.call import normal_axes
from tinyml_studio.formats.onnx_ops.windows import MAX_STEP
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Gather, Pad

_BY_INDEX: dict[str, Literal["reflect", "edge", "wrap"]] = {
    "reflect": "reflect",
    "edge": "edge",
    "wrap": "wrap",
}


def convert(emitter: Emitter) -> Tensor:
    """Amounts and value are attributes before opset 11 and operands since; axes since 18."""
    tensor, shape = emitter.tensor()
    mode = emitter.attributes.text("mode", "constant")
    if mode not in ("constant", *_BY_INDEX):
        raise Refused(f"padding with the mode {mode[:40]!r} is not supported")
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
    if mode in _BY_INDEX:
        return _by_index(emitter, pads[1:], mode)
    return emitter.add(Pad(tuple(pads[1:]), _value(emitter)), tensor)


def _by_index(emitter: Emitter, pads: Sequence[tuple[int, int]], mode: str) -> Tensor:
    """Padding with values of the tensor itself."""
    tensor, shape = emitter.tensor()
    taken = []
    for size, pair in zip(shape, pads, strict=True):
        most = size - 1 if mode == "reflect" else MAX_STEP
        if max(pair) > most:
            raise Refused(f"it pads an axis of {size} by {max(pair)} with the mode {mode}")
        padded = np.pad(np.arange(size), pair, mode=_BY_INDEX[mode])
        taken.append(None if pair == (0, 0) else tuple(padded.tolist()))
    return emitter.add(Gather(tuple(taken), label="Pad"), tensor)


def _value(emitter: Emitter) -> float:
    """The value of the padding; an infinite one has no counterpart."""
    name = "value" if emitter.opset < 11 else "constant_value"
    value = emitter.scalar(name, 2, 0.0)
    if not math.isfinite(value):
        raise Refused("padding with infinity is not supported")
    return value
