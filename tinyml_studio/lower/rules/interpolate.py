"""A function of one 16-bit value by a table of 513 entries."""

from __future__ import annotations

from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.piecewise import emit_piecewise
from tinyml_studio.lower.tables.interpolation import RealFunction, interpolation_table
from tinyml_studio.program.instructions import Interpolate
from tinyml_studio.program.program import QuantizedTensor


def emit_interpolation(
    layer: Layer, source: QuantizedTensor, output: QuantizedTensor, function: RealFunction
) -> None:
    """Emit the table on the output's grid; float32 arithmetics have no table to follow."""
    if layer.setting.arithmetic.is_float32:
        emit_piecewise(layer, source, output, function)
        return
    table = interpolation_table(
        function,
        source=(source.scale, source.zero_point),
        output=(output.scale, output.zero_point),
        kind=output.type,
    )
    layer.emit(
        Interpolate(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            table=table,
            low=output.type.min,
            high=output.type.max,
        )
    )
