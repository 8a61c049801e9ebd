"""SVDF with 8-bit activations and a state of 16 or 8 bits."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.element_types import INT8, INT16, INT32, decode, type_name
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.quantization import activation_grid
from tinyml_studio.formats.tflite.state import single_scale, state_wire
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.found import FoundGrid, FoundWeights
from tinyml_studio.ir.ops import Svdf

_FEATURES, _TIME, _BIAS, _STATE = 1, 2, 3, 4


def convert_svdf(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; the file's scales of state and weights in time stand beside it."""
    source, _ = emitter.computed()
    if source.grid is None:
        raise Refused("it computes with real numbers; a quantized SVDF is supported")
    rank = emitter.option(0, "<i4")
    features = emitter.constant(_FEATURES)
    if features.kind != INT8 or len(features.shape) != 2:
        raise Refused(f"its features have the type {type_name(features.kind)}")
    if rank < 1 or features.shape[0] % rank:
        raise Malformed(f"its rank {rank} does not divide {features.shape[0]} features")
    state, time = _state_grid(emitter, features.shape[0]), _time_grid(emitter)
    bias = _bias(emitter, features.shape[0] // rank)
    scale = single_scale(features, "features")
    op = Svdf(
        feature_weight=(decode(features) * scale).astype(np.float32),
        time_weight=(decode(emitter.constant(_TIME)) * time.scale).astype(np.float32),
        bias=(bias * (state.scale * time.scale)).astype(np.float32),
        clamp=emitter.clamp(1),
    )
    name = emitter.around.names[emitter.operator.outputs[0]]
    emitter.internal |= {f"{name}#state": state, f"{name}#time": time}
    return emitter.finish(op, source, weights=FoundWeights(8, np.array([scale]), bias))


def _time_grid(emitter: Emitter) -> FoundGrid:
    wire = emitter.constant(_TIME)
    if wire.kind not in (INT8, INT16) or len(wire.shape) != 2:
        raise Refused(f"its weights in time have the type {type_name(wire.kind)}")
    bits = 16 if wire.kind == INT16 else 8
    return FoundGrid(bits, single_scale(wire, "weights in time"), 0, f"int{bits}")


def _state_grid(emitter: Emitter, features: int) -> FoundGrid:
    """The grid of the state, whose type is that of the weights in time."""
    wire, time = state_wire(emitter, _STATE), emitter.constant(_TIME)
    grid = activation_grid(wire)
    if grid is None or wire.kind != time.kind:
        raise Refused("its state has another type than its weights in time")
    if wire.shape != (emitter.around.batch, features * time.shape[-1]):
        raise Malformed(f"its state has the shape {wire.shape}")
    return grid


def _bias(emitter: Emitter, units: int) -> Int64Array:
    """In steps of the state's scale times that of the weights in time."""
    if not emitter.has(_BIAS):
        return np.zeros(units, np.int64)
    wire = emitter.constant(_BIAS)
    if wire.kind != INT32 or wire.shape != (units,):
        raise Malformed(f"its bias of type {type_name(wire.kind)} has the shape {wire.shape}")
    return decode(wire).astype(np.int64)
