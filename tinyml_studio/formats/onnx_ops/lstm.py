"""LSTM in one direction or both, from a state of zero."""

from __future__ import annotations

import numpy as np

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops import recurrent
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Lstm

_GATES = [0, 2, 3, 1]  # ONNX has input, output, forget, cell


def convert(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node for all steps of each direction; every sample begins anew."""
    recurrent.check_common(emitter, "Sigmoid Tanh Tanh")
    if emitter.attributes.flag("input_forget"):
        raise Refused("coupled gates are not supported")
    if emitter.operand(7) is not None:
        raise Refused("peepholes are not supported")
    source, shape = recurrent.sequence(emitter)
    recurrent.check_zero(emitter, 5, "initial output")
    recurrent.check_zero(emitter, 6, "initial cell")
    units = recurrent.units_of(emitter, Lstm.GATES)
    parts = zip(
        recurrent.gate_weights(emitter, 1, Lstm.GATES, units),
        recurrent.gate_weights(emitter, 2, Lstm.GATES, units),
        recurrent.gate_biases(emitter, Lstm.GATES, units),
        strict=True,
    )
    ops = [
        Lstm(
            input_weight=_ordered(read),
            hidden_weight=_ordered(fed_back),
            bias=_ordered(biases.sum(axis=0)),
        )
        for read, fed_back, biases in parts
    ]
    return recurrent.results(emitter, ops, source, shape)


def _ordered(values: np.ndarray) -> np.ndarray:
    """Gates in the order of `Lstm`."""
    return np.ascontiguousarray(values[_GATES])
