"""Random LSTMs, GRUs and SVDFs."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from tests.reference import draw
from tests.reference.draw import Rng
from tests.reference.parts import Parts
from tinyml_studio.arith.inttype import INT16, Int32Array, IntType
from tinyml_studio.arith.multiplier import Multiplier, quantize_multiplier
from tinyml_studio.lower.tables.logistic16 import SIGMOID_TABLE
from tinyml_studio.program.instructions import Gru, Lstm, StreamBuffer, Svdf
from tinyml_studio.program.program import QuantizedTensor

UNIT = QuantizedTensor("unit", (), INT16, 2.0**-15, 0)


def lstm(rng: Rng, *, most: int = 9, unit: int = 1) -> Parts:
    x, y, shared = _gated(rng, 4, most, unit)
    power = draw.below(rng, -3, 3)
    item = Lstm(
        **shared, forget=Multiplier(1 << 30, -14), update=quantize_multiplier(2.0 ** (-18 - power)),
        output_multiplier=_factor(rng, 2**30, y), cell_multiplier=3 << max(power, 0),
        cell_shift=max(-power, 0), clip=draw.pick(rng, 0, 20000, 32767), hidden="hidden",
        cell="cell", keeps_state=draw.chance(rng, 0.5),
    )  # fmt: skip
    units = (y.shape[1],)
    own = (replace(y, name="hidden", shape=units), replace(UNIT, name="cell", shape=units))
    return Parts(item, (x,), y, own=own)


def gru(rng: Rng, *, most: int = 9, unit: int = 1) -> Parts:
    x, y, shared = _gated(rng, 3, most, unit)
    after = draw.chance(rng, 0.5)
    item = Gru(
        **shared, output_multiplier=_factor(rng, 2**15, y), value="value", hidden="hidden",
        gated="hidden" if after else "gated", reset_multiplier=_factor(rng, 2**30, y),
        reset_after=after,
    )  # fmt: skip
    units = (y.shape[1],)
    byte = [replace(y, name=name, shape=units) for name in dict.fromkeys(("hidden", item.gated))]
    return Parts(item, (x,), y, own=(replace(UNIT, name="value", shape=units), *byte))


def svdf(rng: Rng, *, most: int = 5) -> Parts:
    size, rank, steps = draw.below(rng, 1, most), draw.below(rng, 1, 5), draw.below(rng, 1, 5)
    units = draw.below(rng, 1, 4)
    kind = draw.pick(rng, 8, 16, 16)
    weight_type, time_type = IntType(draw.below(rng, 1, 8)), IntType(kind)
    x, y = draw.tensor(rng, "x", (size,), 8), draw.tensor(rng, "y", (units,), 8)
    zero_point = draw.below(rng, -128, 127) if kind == 8 else 0
    state = QuantizedTensor("state", (units * rank, steps), time_type, 0.5, zero_point)
    most = time_type.max  # now and then the sum is more than 32 bits hold
    time_weights = rng.integers(-most, most + 1, state.shape).astype(time_type.carrier)
    low, high = draw.limits(rng, y)
    item = Svdf(
        layer="layer", inputs=("x",), output="y", weight_type=weight_type,
        feature_weights=draw.weights(rng, (units * rank, size), weight_type),
        time_weights=time_weights, time_type=time_type,
        bias=rng.integers(-1000, 1001, units), state="state", state_zero_point=zero_point,
        feature_multiplier=_factor(rng, size * 128 * 255, state),
        output_multiplier=_factor(rng, 2**31 - 1, y), low=low, high=high,
    )  # fmt: skip
    return Parts(item, (x,), y, own=(state,))


def stream_buffer(rng: Rng) -> Parts:
    shape = tuple(draw.below(rng, 1, 4) for _ in range(draw.below(rng, 1, 3)))
    axis, kept = draw.below(rng, 0, len(shape) - 1), draw.below(rng, 1, 5)
    x = draw.tensor(rng, "x", shape, draw.pick(rng, 4, 8, 8, 16))
    state, y = (
        replace(x, name=name, shape=(*shape[:axis], size, *shape[axis + 1 :]))
        for name, size in (("state", kept), ("y", kept + shape[axis]))
    )
    item = StreamBuffer(layer="layer", inputs=("x",), output="y", axis=axis, state="state")
    return Parts(item, (x,), y, own=(state,))


def _gated(
    rng: Rng, gates: int, most: int, unit: int
) -> tuple[QuantizedTensor, QuantizedTensor, dict[str, Any]]:
    """Input, output and what LSTM and GRU share; at most so many times `unit` units."""
    steps, size = draw.below(rng, 1, 4), unit * draw.below(rng, 1, most * 2 // 3)
    units = unit * draw.below(rng, 1, most)
    x, y = draw.tensor(rng, "x", (steps, size), 8), draw.tensor(rng, "y", (steps, units), 8)
    type_ = IntType(draw.below(rng, 1, 8))
    pairs = [_multipliers(rng, gates, size), _multipliers(rng, gates, units)]
    shared = {
        "layer": "layer", "inputs": ("x",), "output": "y", "weight_type": type_,
        "input_weights": draw.weights(rng, (gates, units, size), type_),
        "hidden_weights": draw.weights(rng, (gates, units, units), type_),
        "bias": rng.integers(-20000, 20001, (gates, units)),
        "hidden_bias": rng.integers(-2000, 2001, (gates, units)),
        "input_multiplier": pairs[0][0], "input_shift": pairs[0][1],
        "hidden_multiplier": pairs[1][0], "hidden_shift": pairs[1][1], "table": SIGMOID_TABLE,
    }  # fmt: skip
    return x, y, shared


def _multipliers(rng: Rng, gates: int, depth: int) -> tuple[Int32Array, Int32Array]:
    """One multiplier for each gate, to about the range in which the functions are not flat."""
    bound = depth * 128 * 255 + 20000
    pairs = [_factor(rng, bound, UNIT) for _ in range(gates)]
    mantissas, shifts = zip(*pairs, strict=True)
    return np.array(mantissas, np.int32), np.array(shifts, np.int32)


def _factor(rng: Rng, bound: int, output: QuantizedTensor) -> Multiplier:
    """A multiplier of 24 significant bits, which all roundings take."""
    mantissa, shift = draw.multiplier(rng, bound, output)
    return Multiplier(mantissa & ~0x7F, min(shift, int(math.log2(2**31 / (bound + 1)))))
