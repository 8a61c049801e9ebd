"""Add and Sub of a TensorFlow Lite file as XNNPACK has them: multipliers of 21 bits, one shift."""

from __future__ import annotations

import math

from tinyml_studio.arith.multiplier import Multiplier, quantize_multiplier
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.ir.ops import Clamp
from tinyml_studio.lower.layer import Layer, float32_ratio
from tinyml_studio.program.instructions import Add

_BITS = 20
_LEAST, _MOST = 2.0**-10, 2.0**8
"""Ratios of scales that XNNPACK takes; LiteRT has another kernel for others."""


def lower_fixed_sum(layer: Layer, clamp: Clamp, *, subtract: bool) -> bool:
    """Emit ``zo + ((a - za) ma + (b - zb) mb + 2**(s - 1) >> s)``; False for other kernels' sums.

    ma and mb are the ratios of the scales times 2**s, of which the larger has 21 bits. `Add` has
    these integers if its own multipliers are as exact; its last one drops s bits.

    Source: ``xnn_init_qs8_add_minmax_scalar_params`` of XNNPACK, LiteRT's engine on a desktop.
    """
    first, second = layer.input(0), layer.input(1)
    output = layer.output(layer.calibrated())
    ratios = [float32_ratio(x.scale, output.scale) for x in (first, second)]
    narrow = first.type.bits == second.type.bits == output.type.bits == 8
    if not narrow or not all(_LEAST <= ratio < _MOST for ratio in ratios):
        return False
    shift = _BITS + 1 - math.frexp(max(ratios))[1]
    a, b = (quantize_multiplier(round(math.ldexp(ratio, shift)) / 2**_BITS) for ratio in ratios)
    low, high = layer.limits(output, clamp)
    layer.instructions.append(
        Add(
            layer=layer.node.name,
            inputs=(first.name, second.name),
            output=output.name,
            subtract=subtract,
            left_shift=_BITS,
            multiplier_a=a,
            multiplier_b=b,
            multiplier_out=Multiplier(1 << 30, 1 - shift),
            low=low,
            high=high,
            rounding=Rounding.HALF_UP,
        )
    )
    return True
