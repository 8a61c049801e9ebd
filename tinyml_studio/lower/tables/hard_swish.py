"""HardSwish from 8 to 8 bits, as TFLite's int8 reference kernel computes it.

Source: ``reference/hard_swish.h`` and ``hard_swish_common`` of TFLite-Micro.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tinyml_studio.arith.fixed_point import reduce_multiplier, rounding_divide_by_pot
from tinyml_studio.arith.inttype import INT16, Int64Array, IntArray
from tinyml_studio.arith.multiplier import quantize_multiplier
from tinyml_studio.lower.tables.nearest import as_table, centred_inputs
from tinyml_studio.program.program import QuantizedTensor


class _Factor(NamedTuple):
    """``mantissa * 2**(shift - 15)``."""

    mantissa: int
    shift: int


def hard_swish_fits(source: QuantizedTensor, output: QuantizedTensor) -> bool:
    """Whether the kernel accepts the scales: TFLite-Micro refuses a left shift of the output."""
    return _output_factor(source, output).shift <= 0


def hard_swish_table(source: QuantizedTensor, output: QuantizedTensor) -> IntArray:
    """256 entries."""
    high_resolution = centred_inputs(source) << 7
    to_output, to_unit = _output_factor(source, output), _reluish_factor(source)
    on_output_scale = _rounding_high_mul(high_resolution, to_output.mantissa)
    gate = high_resolution
    if to_unit.shift > 0:
        gate = _saturate(gate << (to_unit.shift - 1))
    gate = _rounding_high_mul(gate, to_unit.mantissa)
    if to_unit.shift > 0:
        gate = _saturate(gate << 1)
    elif to_unit.shift < 0:
        gate = rounding_divide_by_pot(gate, min(-to_unit.shift, 31))
    gate = (gate + (1 << 15)) >> 1
    product = _truncating_high_mul(gate, on_output_scale)
    scaled = rounding_divide_by_pot(product, min(-to_output.shift, 31))
    return as_table(_saturate(scaled + output.zero_point), output)


def _output_factor(source: QuantizedTensor, output: QuantizedTensor) -> _Factor:
    """From 128 times finer than the input's scale to the output's, in float32 as TFLite."""
    fine = np.float32(1 / 128) * np.float32(source.scale)
    return _factor(float(fine / np.float32(output.scale)))


def _reluish_factor(source: QuantizedTensor) -> _Factor:
    """To the scale on which the real value 3 is 32768."""
    fine = np.float32(1 / 128) * np.float32(source.scale)
    return _factor(float(fine / np.float32(3.0 / 32768.0)))


def _factor(real: float) -> _Factor:
    mantissa, shift = quantize_multiplier(min(real, 2.0**15))  # beyond that all saturates
    return _Factor(reduce_multiplier(mantissa), shift)


def _rounding_high_mul(values: Int64Array, factor: int) -> Int64Array:
    """``values * factor / 2**15`` for int16, to nearest with ties towards +infinity."""
    return np.asarray((values * factor + (1 << 14)) >> 15)


def _truncating_high_mul(first: Int64Array, second: Int64Array) -> Int64Array:
    """``first * second / 2**15`` for int16, towards zero."""
    product = first * second
    return np.asarray(np.sign(product) * (np.abs(product) >> 15))


def _saturate(values: Int64Array) -> Int64Array:
    return np.asarray(np.clip(values, INT16.min, INT16.max))
