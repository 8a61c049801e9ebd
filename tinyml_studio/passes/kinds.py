"""Families of operators that passes treat alike."""

from __future__ import annotations

from tinyml_studio.ir import ops

UNARY = (
    ops.Clip,
    ops.LeakyRelu,
    ops.HardSwish,
    ops.HardSigmoid,
    ops.Function,
    ops.Sigmoid,
    ops.Tanh,
    ops.Identity,
    ops.Requantize,
)
"""A function of each value alone."""

ARITHMETIC = (ops.Add, ops.Sub, ops.Mul)
"""Sums and products of two values, with broadcasting."""

BINARY = (*ARITHMETIC, ops.Div, ops.SquaredDifference, ops.Maximum, ops.Minimum, ops.PRelu)
"""A function of two values, with broadcasting."""

CLAMPED = (
    ops.Conv,
    ops.ConvTranspose,
    ops.Dense,
    ops.ChannelAffine,
    ops.Add,
    ops.Sub,
    ops.Mul,
    ops.Div,
    ops.MaxPool,
    ops.AveragePool,
)
"""Operators that can limit their own output."""

CHANNELS_LAST = (
    ops.Conv,
    ops.ConvTranspose,
    ops.MaxPool,
    ops.AveragePool,
    ops.ChannelAffine,
    ops.ResizeBilinear,
)
"""Operators that need the channels on the last axis."""
