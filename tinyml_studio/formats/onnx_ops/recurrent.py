"""What LSTM and GRU of ONNX have in common: operands, layout, and their two outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Known, Tensor
from tinyml_studio.ir.ops import Concat, Gru, Lstm, Reshape, Shape, Slice

_TIME_FIRST, _BATCH_FIRST = 0, 1
_DIRECTIONS = {"forward": (False,), "reverse": (True,), "bidirectional": (False, True)}


def sequence(emitter: Emitter) -> tuple[Tensor, Shape]:
    """The operand X with the shape ``(T, I)`` of a sample.

    Raises
    ------
    Refused
        If the batch is not where the layout says, or lengths of sequences are given.
    """
    tensor, shape = emitter.tensor()
    if tensor.is_joined or len(shape) != 2:
        raise Refused(f"its input has {len(shape) + 1} axes with the batch, not 3")
    layout = emitter.attributes.integer("layout", _TIME_FIRST)
    if tensor.batch_axis != (1 if layout == _TIME_FIRST else 0):
        raise Refused("the batch of its input is another axis than its layout says")
    if emitter.operand(4) is not None:
        raise Refused("sequences of different lengths are not supported")
    return replace(tensor, batch_axis=0), shape


def directions(emitter: Emitter) -> tuple[bool, ...]:
    """Whether each of the directions goes backward."""
    direction = emitter.attributes.text("direction", "forward")
    if direction not in _DIRECTIONS:
        raise Malformed(f"its direction is {direction!r:.40}")
    return _DIRECTIONS[direction]


def check_common(emitter: Emitter, activations: str) -> None:
    """Refuse other functions, and limits of the gates."""
    stated = emitter.attributes.values.get("activations")
    wanted = tuple(activations.lower().encode().split()) * len(directions(emitter))
    if stated is not None:
        names = stated if isinstance(stated, tuple) else (stated,)
        found = tuple(name.lower() if isinstance(name, bytes) else name for name in names)
        if found != wanted:
            raise Refused(f"only the activations {activations} are supported")
    for name in ("clip", "activation_alpha", "activation_beta"):
        if name in emitter.attributes:
            raise Refused(f"the attribute {name} is not supported")


def check_zero(emitter: Emitter, index: int, what: str) -> None:
    """Refuse a state to begin with that is not zero."""
    value = emitter.operand(index)
    if value is None:
        return
    if not isinstance(value, Known):
        raise Refused(f"its {what} is computed by the network, or an input of the model")
    if any(np.any(value.at(trial)) for trial in range(2)):
        raise Refused(f"its {what} is not zero")


def gate_weights(emitter: Emitter, index: int, gates: int, units: int) -> list[FloatArray]:
    """W or R of every direction, ``(gates, H, K)`` in the order of the file."""
    weight = emitter.weights(index, "weight")
    count = len(directions(emitter))
    if weight.ndim != 3 or weight.shape[:2] != (count, gates * units):
        raise Malformed(f"its weight of shape {list(weight.shape)} does not fit {units} units")
    return list(weight.reshape(count, gates, units, weight.shape[2]))


def units_of(emitter: Emitter, gates: int) -> int:
    """The number H of units, by R."""
    recurrent = emitter.weights(2, "recurrent weight")
    units: int = recurrent.shape[-1]
    if emitter.attributes.integer("hidden_size", units) != units or recurrent.ndim != 3:
        raise Malformed(f"its recurrent weight has the shape {list(recurrent.shape)}")
    if gates * units != recurrent.shape[1]:
        raise Malformed(f"its recurrent weight has the shape {list(recurrent.shape)}")
    return units


def gate_biases(emitter: Emitter, gates: int, units: int) -> list[FloatArray]:
    """Both halves of B of every direction, ``(2, gates, H)``; zeros when the model has none."""
    array = emitter.constant(3, "bias")
    count = len(directions(emitter))
    if array is None:
        return [np.zeros((2, gates, units), np.float32)] * count
    if array.shape != (count, 2 * gates * units):
        raise Malformed(f"its bias has the shape {list(array.shape)}")
    return list(emitter.floats(array, "bias").reshape(count, 2, gates, units))


def results(
    emitter: Emitter, ops: Sequence[Lstm | Gru], source: Tensor, shape: Shape
) -> tuple[Tensor, ...]:
    """Y ``(T, D, H)`` and Y_h ``(D, H)`` of a sample, as many as the node names.

    A direction that goes backward reads the steps in reverse, and its outputs are turned again.
    """
    every, last = [], []
    wanted = len(emitter.node.outputs) > 1 and bool(emitter.node.outputs[1])
    for op, backward in zip(ops, directions(emitter), strict=True):
        suffix = "backward" if backward and len(ops) > 1 else ""
        read = _turned(emitter, source, shape, "turned") if backward else source
        made = emitter.add(op, read, suffix=suffix)
        steps, units = made.shape or (0, 0)
        if wanted:
            end = emitter.add(Slice((steps - 1, 0), (1, units), (1, 1)), made, suffix="last")
            last.append(emitter.add(Reshape((1, units)), end, suffix="last_direction"))
        back = _turned(emitter, made, (steps, units), "turned_back") if backward else made
        every.append(emitter.add(Reshape((steps, 1, units)), back, suffix="directions"))
    layout = emitter.attributes.integer("layout", _TIME_FIRST)
    axes = (2, 1) if layout == _TIME_FIRST else (0, 0)
    outputs = [_joined(emitter, every, 1)]
    if wanted:
        outputs.append(_joined(emitter, last, 0))
    return tuple(
        replace(tensor, batch_axis=axis) for tensor, axis in zip(outputs, axes, strict=False)
    )


def _turned(emitter: Emitter, tensor: Tensor, shape: Shape, suffix: str) -> Tensor:
    """The steps in reverse."""
    return emitter.add(Slice((shape[0] - 1, 0), shape, (-1, 1)), tensor, suffix=suffix)


def _joined(emitter: Emitter, parts: Sequence[Tensor], axis: int) -> Tensor:
    """The directions as one tensor."""
    return parts[0] if len(parts) == 1 else emitter.add(Concat(axis), *parts, suffix="joined")
