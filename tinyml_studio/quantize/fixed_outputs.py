"""Outputs whose grid follows from the function alone, whatever was seen.

Source: LiteRT 8-bit quantization specification; TFLite-Micro's Prepare functions.
"""

from __future__ import annotations

from tinyml_studio.ir.ops import (
    ArgMax,
    L2Normalization,
    LogSoftmax,
    Operator,
    Sigmoid,
    Softmax,
    Tanh,
)

FIXED_OUTPUT_OPERATORS: tuple[type[Operator], ...] = (
    Softmax,
    LogSoftmax,
    Sigmoid,
    Tanh,
    L2Normalization,
    ArgMax,
)
"""Operators whose output takes no range."""

FixedGrid = tuple[int, float, int]  # bits, scale, zero point


def sigmoid_grid(bits: int) -> FixedGrid:
    """[0, 1) at 4 and 8 bits, [-1, 1) at 16, as TFLite's kernels have it."""
    if bits == 16:
        return bits, 2.0**-15, 0
    return bits, 2.0**-bits, -(1 << (bits - 1))


def tanh_grid(bits: int) -> FixedGrid:
    """[-1, 1), for directions (`L2Normalization`) too."""
    return bits, 2.0 ** (1 - bits), 0


def softmax_grid(input_bits: int, bits: int) -> FixedGrid:
    """[0, 1) at 4 and 8 bits and for 16 bits from a narrower input; [-1, 1) from 16 to 16 bits."""
    if bits == 16 and input_bits == 16:
        return bits, 2.0**-15, 0
    return bits, 2.0**-bits, -(1 << (bits - 1))


def log_softmax_grid(bits: int) -> FixedGrid:
    """[-16, 0] at 4 and 8 bits, around 0 at 16."""
    if bits == 16:
        return bits, 2.0**-11, 0
    return bits, 2.0 ** (4 - bits), (1 << (bits - 1)) - 1
