"""The table and the input factor of TFLite's 16-bit sigmoid and tanh."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import Int32Array

_PER_UNIT = 24.0  # entries per unit of the argument
_MAX_MULTIPLIER = 32767
_MAX_SHIFT = 31
_LOG2_TOLERANCE = np.float32(1e-3)


class InputFactor(NamedTuple):
    """``x * multiplier * 2**-shift`` is the argument in steps of 1 / (3 * 4096)."""

    multiplier: int
    shift: int


def _sigmoid(places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(65536.0 / (1.0 + np.exp(-places / _PER_UNIT)))


def _sigmoid_table() -> Int32Array:
    """sigmoid(i / 24) in Q0.16, each entry raised by half the sag of the chord behind it.

    The last entry is the saturated value, so that the interpolation ends there. These are the
    values of ``sigmoid_table_uint16`` in TFLite's ``internal/common.h``.
    """
    places = np.arange(256, dtype=np.float64)
    here, after, between = _sigmoid(places), _sigmoid(places + 1), _sigmoid(places + 0.5)
    raised = np.floor(here - ((here + after) / 2 - between) / 2 + 0.5)
    table: Int32Array = raised.astype(np.int32)
    table[-1] = 65535
    table.setflags(write=False)
    return table


SIGMOID_TABLE: Int32Array = _sigmoid_table()


def input_factor(scale: float, *, tanh: bool) -> InputFactor | None:
    """The factor for an input scale, or None where the scale is too large for the kernel.

    Source: the Prepare functions of TFLite-Micro's logistic and tanh.
    """
    exact = _power_of_two(scale)
    if exact is not None and 0 <= exact + 12 <= int(tanh):
        return InputFactor(3 << (exact + 12), 0)
    multiplier, shift = scale * 4096.0 * 3.0, 0
    while multiplier <= _MAX_MULTIPLIER / 2.0 and shift < _MAX_SHIFT:
        multiplier, shift = multiplier * 2.0, shift + 1
    return InputFactor(int(multiplier), shift) if multiplier <= _MAX_MULTIPLIER else None


def _power_of_two(scale: float) -> int | None:
    """The exponent where the scale is a power of two to within TFLite's tolerance."""
    exponent = np.log(np.float32(scale)) * (np.float32(1) / np.log(np.float32(2)))
    nearest = np.rint(exponent)
    return int(nearest) if abs(exponent - nearest) < _LOG2_TOLERANCE else None
