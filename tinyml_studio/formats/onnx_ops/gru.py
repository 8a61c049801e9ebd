"""GRU in one direction or both, from a state of zero."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops import recurrent
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Gru


def convert(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node for all steps of each direction; the gates have the order of `Gru`."""
    recurrent.check_common(emitter, "Sigmoid Tanh")
    source, shape = recurrent.sequence(emitter)
    recurrent.check_zero(emitter, 5, "initial output")
    units = recurrent.units_of(emitter, Gru.GATES)
    parts = zip(
        recurrent.gate_weights(emitter, 1, Gru.GATES, units),
        recurrent.gate_weights(emitter, 2, Gru.GATES, units),
        recurrent.gate_biases(emitter, Gru.GATES, units),
        strict=True,
    )
    ops = [
        Gru(
            input_weight=read,
            hidden_weight=fed_back,
            bias=biases[0],
            hidden_bias=biases[1],
            reset_after=emitter.attributes.flag("linear_before_reset"),
        )
        for read, fed_back, biases in parts
    ]
    return recurrent.results(emitter, ops, source, shape)
