"""Values on another grid in float32, as a table where the input is narrow; also a leaky Relu."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import INT16, FloatArray
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.tables.float32 import float32_table
from tinyml_studio.program.instructions import Lookup, RequantizeFloat32
from tinyml_studio.program.program import QuantizedTensor


def emit_float32_map(
    layer: Layer,
    source: QuantizedTensor,
    output: QuantizedTensor,
    *,
    slope: float = 1.0,
    limits: tuple[int, int] | None = None,
) -> None:
    """Emit a change of grid with a slope for negative values, a float32 value."""
    low, high = limits or (output.type.min, output.type.max)
    if source.type == INT16:
        layer.emit(
            RequantizeFloat32(
                layer=layer.node.name,
                inputs=(source.name,),
                output=output.name,
                scale=source.scale,
                slope=slope,
                out_scale=output.scale,
                low=low,
                high=high,
            )
        )
        return

    def sloped(x: FloatArray) -> FloatArray:
        return np.where(x < 0, x * np.float32(slope), x)

    table = float32_table(sloped, source=source, output=output, limits=(low, high))
    layer.emit(
        Lookup(layer=layer.node.name, inputs=(source.name,), output=output.name, table=table)
    )
