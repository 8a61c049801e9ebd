"""Tables of 513 entries for functions of 16-bit values, as TFLite's ``LUTPopulate`` fills them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import INT16, FloatArray, Int32Array, IntType

RealFunction = Callable[[FloatArray], FloatArray]

_STEPS = 512


def interpolation_table(
    function: RealFunction,
    *,
    source: tuple[float, int],
    output: tuple[float, int],
    kind: IntType = INT16,
) -> Int32Array:
    """Entries at every 128th input, each corrected by half the error at the next midpoint.

    The arithmetic is TFLite's, in float32. Its factor ``65536 / (65535 * scale)`` instead of
    ``1 / scale`` holds at 16 bits only, where the zero point is 0; narrower outputs use the latter.

    Parameters
    ----------
    function
        Float32 array to float32 array.
    source, output
        Scale and zero point of the 16-bit input and of the output.
    kind
        Type of the output.
    """
    in_scale, in_zero = np.float32(source[0]), source[1]
    first = in_scale * np.float32(INT16.min - in_zero)
    last = in_scale * np.float32(INT16.max - in_zero)
    step = (last - first) / np.float32(_STEPS)
    places = first + np.arange(_STEPS, dtype=np.float32) * step
    after = first + np.arange(1, _STEPS + 1, dtype=np.float32) * step
    out_scale = np.float32(output[0])
    per_real = _steps_per_unit(out_scale, kind)
    here = _round(function(places) * per_real)
    halfway = _round(function(places + step / np.float32(2)) * per_real)
    between = _round((function(after) * per_real + here) / np.float32(2))
    entries = here - _round((between - halfway) / np.float32(2))
    end = _round(function(np.array([last], np.float32)) * per_real)
    table = np.concatenate([entries, end]) + np.float32(output[1])
    return np.asarray(np.clip(table, kind.min, kind.max).astype(np.int32))


def _steps_per_unit(scale: np.float32, kind: IntType) -> np.float32:
    if kind != INT16:
        return np.float32(1) / scale
    reach = scale * np.float32(kind.max) - scale * np.float32(kind.min)
    return np.float32(np.float32(1 << kind.bits) / reach)


def _round(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """To nearest, ties away from zero, as ``std::round``."""
    # adding a half in float64 is exact for every float32 that is not an integer already
    wide = values.astype(np.float64)
    return np.trunc(wide + np.copysign(0.5, wide)).astype(np.float32)
