"""HardSigmoid: a table for narrow inputs, interpolation for 16 bits; TFLite has no such kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import INT16
from tinyml_studio.ir.ops import HardSigmoid
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.interpolate import emit_interpolation
from tinyml_studio.lower.tables.float32 import float32_table
from tinyml_studio.lower.tables.nearest import nearest_table
from tinyml_studio.program.instructions import Lookup


def lower_hard_sigmoid(layer: Layer) -> None:
    """The nearest output of the real function."""
    op = layer.op(HardSigmoid)
    source, output = layer.input(), layer.output(layer.calibrated())

    def function(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(np.clip(x.dtype.type(op.alpha) * x + x.dtype.type(op.beta), 0, 1))

    if source.type == INT16:
        emit_interpolation(layer, source, output, function)
        return
    make = float32_table if layer.setting.arithmetic.is_float32 else nearest_table
    table = make(function, source=source, output=output)
    layer.emit(
        Lookup(layer=layer.node.name, inputs=(source.name,), output=output.name, table=table)
    )
