"""A function of one 16-bit value, nowhere a whole step from the real one."""

from __future__ import annotations

from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.tables.piecewise import RealFunction, pieces
from tinyml_studio.program.instructions import Piecewise
from tinyml_studio.program.program import QuantizedTensor


def emit_piecewise(
    layer: Layer, source: QuantizedTensor, output: QuantizedTensor, function: RealFunction
) -> None:
    """Emit lines and values on the output's grid."""
    made = pieces(function, source=source, output=output)
    layer.emit(
        Piecewise(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            shift=made.shift,
            table=made.table,
            page=made.page,
            values=made.values,
        )
    )
