"""LSTM: TFLite's integer kernel with an int16 cell."""

from __future__ import annotations

import math

from tinyml_studio.arith.inttype import INT16
from tinyml_studio.ir import ops
from tinyml_studio.ir.internal import cell_tensor
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.lower.rules.gates import (
    UNIT_SCALE,
    byte_input,
    byte_output,
    gate_products,
    weight_type,
)
from tinyml_studio.lower.tables.logistic16 import SIGMOID_TABLE
from tinyml_studio.program.instructions import Lstm
from tinyml_studio.quantize.grids import power_of_two_above
from tinyml_studio.quantize.scheme import RangeMethod

_LARGEST_CELL = 2.0**-4  # steps; a cell of +-2048 has nothing to do with a network
_ARGUMENT_SCALE = -12  # exponent of the tanh's own steps


def lower_lstm(layer: Layer) -> None:
    """One instruction for all steps.

    Source: ``PrepareGateParametersInteger`` of TFLite-Micro.
    """
    op = layer.op(ops.Lstm)
    source = byte_input(layer)
    output = byte_output(layer)
    given, own = gate_products(layer, op, source, output)
    units = (output.shape[-1],)
    hidden = layer.scratch(units, Grid.of(output))
    cell = layer.scratch(units, Grid(INT16.bits, _cell_scale(layer, op), 0))
    power = round(math.log2(cell.scale)) - _ARGUMENT_SCALE
    clip = min(int(op.cell_clip / cell.scale), INT16.max)
    layer.emit(
        Lstm(
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
            forget=layer.multiplier(UNIT_SCALE),
            update=layer.multiplier(UNIT_SCALE * UNIT_SCALE / cell.scale),
            output_multiplier=layer.multiplier(UNIT_SCALE * UNIT_SCALE / output.scale),
            cell_multiplier=3 << max(power, 0),
            cell_shift=max(-power, 0),
            clip=clip,
            hidden=hidden.name,
            cell=cell.name,
            keeps_state=op.keeps_state,
        )
    )


def _cell_scale(layer: Layer, op: ops.Lstm) -> float:
    """A power of two that covers the cell: the file's, or by what was seen of it."""
    name, setting = cell_tensor(layer.node), layer.setting
    found = setting.graph.found
    if found is not None and layer.choice.range_method is RangeMethod.FILE:
        stated = found.internal.get(name)
        if stated is not None:
            return stated.scale
    stats = setting.stats.get(name)
    if stats is None:
        layer.refuse(
            "the range of its cell is not known",
            hint="give samples, or take the file's range where it states one",
        )
    reach = max(-float(stats.min), float(stats.max))
    if op.cell_clip > 0.0:
        reach = min(reach, op.cell_clip)
    return min(max(power_of_two_above(reach / -INT16.min), UNIT_SCALE), _LARGEST_CELL)
