"""GRU: our integer definition, in the manner of TFLite's LSTM."""

from __future__ import annotations

from tinyml_studio.arith.inttype import INT16
from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.lower.rules.gates import (
    UNIT_SCALE,
    byte_input,
    byte_output,
    gate_products,
    weight_type,
)
from tinyml_studio.lower.tables.logistic16 import SIGMOID_TABLE
from tinyml_studio.program.instructions import Gru


def lower_gru(layer: Layer) -> None:
    """One instruction for all steps."""
    op = layer.op(ops.Gru)
    source = byte_input(layer)
    output = byte_output(layer)
    if output.scale < UNIT_SCALE:
        layer.refuse("the range of its output is too small", hint="give it a wider range")
    given, own = gate_products(layer, op, source, output)
    units = (output.shape[-1],)
    value = layer.scratch(units, Grid(INT16.bits, UNIT_SCALE, 0))
    hidden = layer.scratch(units, Grid.of(output))
    gated = hidden if op.reset_after else layer.scratch(units, Grid.of(output))
    layer.emit(
        Gru(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            input_weights=given.weights,
            hidden_weights=own.weights,
            weight_type=weight_type(layer),
            bias=given.bias,
            hidden_bias=own.bias,
            input_multiplier=given.multiplier,
            input_shift=given.shift,
            hidden_multiplier=own.multiplier,
            hidden_shift=own.shift,
            table=SIGMOID_TABLE,
            output_multiplier=layer.multiplier(UNIT_SCALE / output.scale),
            reset_multiplier=layer.multiplier(UNIT_SCALE * UNIT_SCALE / output.scale),
            reset_after=op.reset_after,
            value=value.name,
            hidden=hidden.name,
            gated=gated.name,
        )
    )
