"""A function of one 4- or 8-bit value, as a table."""

from __future__ import annotations

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.kernels.tabulated import tabulated
from tinyml_studio.program.instructions import Lookup
from tinyml_studio.program.program import QuantizedTensor


@tabulated
def lookup(
    item: Lookup, values: Int64Array, x: QuantizedTensor, output: QuantizedTensor
) -> Int64Array:
    """``table[x - type.min]``."""
    found: Int64Array = item.table[values - x.type.min].astype("int64")
    return found
