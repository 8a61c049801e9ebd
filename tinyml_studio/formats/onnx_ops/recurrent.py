"""What LSTM and GRU of ONNX have in common: operands, layout, and their two outputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Known, Tensor
from tinyml_studio.ir.ops import Gru, Lstm, Reshape, Shape, Slice

_TIME_FIRST, _BATCH_FIRST = 0, 1


def sequence(emitter: Emitter) -> tuple[Tensor, Shape]:
    """The operand X with the shape ``(T, I)`` of a sample.

    Raises
    ------
    Refused
        If the batch is not where the layout says, or lengths of sequences are given.
    """
    tensor, shape = emitter.tensor()
    if tensor.merged or len(shape) != 2:
        raise Refused(f"its input has {len(shape) + 1} axes with the batch, not 3")
    layout = emitter.attributes.integer("layout", _TIME_FIRST)
    if tensor.batch_axis != (1 if layout == _TIME_FIRST else 0):
        raise Refused("the batch of its input is another axis than its layout says")
    if emitter.operand(4) is not None:
        raise Refused("sequences of different lengths are not supported")
    return replace(tensor, batch_axis=0), shape


def check_common(emitter: Emitter, activations: str) -> None:
    """Refuse other directions and functions, and limits of the gates."""
    direction = emitter.attributes.text("direction", "forward")
    if direction != "forward":
        raise Refused(f"the direction {direction} is not supported")
    stated = emitter.attributes.values.get("activations")
    wanted = tuple(activations.lower().encode().split())
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


def gate_weights(emitter: Emitter, index: int, gates: int, units: int) -> FloatArray:
    """W or R of the one direction, ``(gates, H, K)`` in the order of the file."""
    weight = emitter.weights(index, "weight")
    if weight.ndim != 3 or weight.shape[:2] != (1, gates * units):
        raise Malformed(f"its weight of shape {list(weight.shape)} does not fit {units} units")
    return weight.reshape(gates, units, weight.shape[2])


def units_of(emitter: Emitter, gates: int) -> int:
    """The number H of units, by R."""
    recurrent = emitter.weights(2, "recurrent weight")
    units: int = recurrent.shape[-1]
    if emitter.attributes.integer("hidden_size", units) != units or recurrent.ndim != 3:
        raise Malformed(f"its recurrent weight has the shape {list(recurrent.shape)}")
    if gates * units != recurrent.shape[1]:
        raise Malformed(f"its recurrent weight has the shape {list(recurrent.shape)}")
    return units


def gate_biases(emitter: Emitter, gates: int, units: int) -> FloatArray:
    """Both halves of B, ``(2, gates, H)``; zeros when the model has none."""
    array = emitter.constant(3, "bias")
    if array is None:
        return np.zeros((2, gates, units), np.float32)
    if array.shape != (1, 2 * gates * units):
        raise Malformed(f"its bias has the shape {list(array.shape)}")
    return emitter.floats(array, "bias").reshape(2, gates, units)


def results(emitter: Emitter, op: Lstm | Gru, source: Tensor) -> tuple[Tensor, ...]:
    """Y ``(T, 1, H)`` and Y_h ``(1, H)`` of a sample, as many as the node names."""
    made = emitter.add(op, source)
    steps, units = made.shape or (0, 0)
    layout = emitter.attributes.integer("layout", _TIME_FIRST)
    axes = (2, 1) if layout == _TIME_FIRST else (0, 0)
    outputs = [emitter.add(Reshape((steps, 1, units)), made, suffix="directions")]
    if len(emitter.node.outputs) > 1 and emitter.node.outputs[1]:
        last = emitter.add(Slice((steps - 1, 0), (1, units), (1, 1)), made, suffix="last")
        outputs.append(emitter.add(Reshape((1, units)), last, suffix="last_direction"))
    return tuple(
        replace(tensor, batch_axis=axis) for tensor, axis in zip(outputs, axes, strict=False)
    )
