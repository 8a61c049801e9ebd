"""The two tables of TFLite's 16-bit softmax: exp over [-10, 0] and 1 / (1 + x) over [0, 1]."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import FloatArray, Int32Array
from tinyml_studio.lower.tables.interpolation import interpolation_table

_RANGE = np.float32(65535)
_UNIT = (float(np.float32(2) / _RANGE), 0)  # the outputs lie on [-1, 1]


def _exp(x: FloatArray) -> FloatArray:
    # by way of float64: float32 versions differ between processors in the last bit
    return np.exp(x.astype(np.float64)).astype(np.float32)


def _reciprocal(x: FloatArray) -> FloatArray:
    return np.float32(1) / (np.float32(1) + x)


def _frozen(table: Int32Array) -> Int32Array:
    table.setflags(write=False)
    return table


EXP_TABLE: Int32Array = _frozen(
    interpolation_table(_exp, source=(float(np.float32(10) / _RANGE), 32767), output=_UNIT)
)
RECIPROCAL_TABLE: Int32Array = _frozen(
    interpolation_table(_reciprocal, source=(float(np.float32(1) / _RANGE), -32768), output=_UNIT)
)
