"""HardSwish: a table for narrow inputs, interpolation for 16 bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import INT8, INT16
from tinyml_studio.ir.ops import HardSwish
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.interpolate import emit_interpolation
from tinyml_studio.lower.tables.hard_swish import hard_swish_fits, hard_swish_table
from tinyml_studio.lower.tables.nearest import nearest_table
from tinyml_studio.program.instructions import Lookup


def lower_hard_swish(layer: Layer) -> None:
    """From 8 to 8 bits the integers of TFLite's kernel; what TFLite lacks is rounded to nearest."""
    layer.op(HardSwish)
    source, output = layer.input(), layer.output(layer.calibrated())
    if source.type == INT16:
        emit_interpolation(layer, source, output, _hard_swish)
        return
    as_tflite = not layer.setting.arithmetic.powers_of_two
    if as_tflite and source.type == output.type == INT8 and hard_swish_fits(source, output):
        table = hard_swish_table(source, output)
    else:
        table = nearest_table(_hard_swish, source=source, output=output)
    layer.emit(
        Lookup(layer=layer.node.name, inputs=(source.name,), output=output.name, table=table)
    )


def _hard_swish(x: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(x * np.clip(x / x.dtype.type(6) + x.dtype.type(0.5), 0, 1))
