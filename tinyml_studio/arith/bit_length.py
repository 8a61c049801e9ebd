"""Bit lengths of integers in an array."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import Int64Array


def bit_length(values: Int64Array) -> Int64Array:
    """``int.bit_length`` of integers in [0, 2**53)."""
    return np.frexp(values.astype(np.float64))[1].astype(np.int64)
