"""Sigmoid and tanh from 8 to 8 bits, as TFLite's int8 kernels compute them.

Source: ``reference/integer_ops/logistic.h`` and ``tanh.h``, and their Prepare functions in
TFLite-Micro: the input in Q4.27 with the program's rounding, gemmlowp's function, whose own
roundings no profile changes, the result rounded to the output.
"""

from __future__ import annotations

import math

import numpy as np

from tinyml_studio.arith.fixed_point import rounding_divide_by_pot
from tinyml_studio.arith.gemmlowp import logistic, tanh
from tinyml_studio.arith.inttype import Int64Array, IntArray
from tinyml_studio.arith.multiplier import quantize_multiplier
from tinyml_studio.arith.rounding import Rounding, multiply
from tinyml_studio.lower.tables.nearest import as_table, centred_inputs
from tinyml_studio.lower.tables.radius import input_radius
from tinyml_studio.program.program import QuantizedTensor

_INTEGER_BITS = 4


def sigmoid_table(
    source: QuantizedTensor, output: QuantizedTensor, *, rounding: Rounding = Rounding.DOUBLE
) -> IntArray:
    """256 entries on the grid 1/256, zero point -128."""
    inputs, fixed = _fixed_inputs(source, rounding)
    inner = rounding_divide_by_pot(logistic(fixed, integer_bits=_INTEGER_BITS), 31 - 8)
    return _saturated(inputs, inner + output.zero_point, source, output)


def tanh_table(
    source: QuantizedTensor, output: QuantizedTensor, *, rounding: Rounding = Rounding.DOUBLE
) -> IntArray:
    """256 entries on the grid 1/128, zero point 0."""
    inputs, fixed = _fixed_inputs(source, rounding)
    inner = rounding_divide_by_pot(tanh(fixed, integer_bits=_INTEGER_BITS), 31 - 7)
    return _saturated(inputs, inner, source, output)


def _fixed_inputs(source: QuantizedTensor, rounding: Rounding) -> tuple[Int64Array, Int64Array]:
    """All inputs without their zero point, and those within the radius in Q4.27 (others 0)."""
    inputs = centred_inputs(source)
    radius = _radius(source)
    inside = np.where(np.abs(inputs) < radius, inputs, 0)
    if not inside.any():
        return inputs, inside
    multiplier = quantize_multiplier(source.scale * (1 << (31 - _INTEGER_BITS)))
    return inputs, multiply(inside, *multiplier, rounding)


def _radius(source: QuantizedTensor) -> int:
    _, shift = math.frexp(source.scale * (1 << (31 - _INTEGER_BITS)))
    return input_radius(_INTEGER_BITS, shift)


def _saturated(
    inputs: Int64Array, inner: Int64Array, source: QuantizedTensor, output: QuantizedTensor
) -> IntArray:
    radius = _radius(source)
    above = np.where(inputs >= radius, output.type.max, inner)
    return as_table(np.where(inputs <= -radius, output.type.min, above), output)
