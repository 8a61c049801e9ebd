"""How far from zero an input can lie before its fixed-point form saturates."""

from __future__ import annotations


def input_radius(integer_bits: int, shift: int) -> int:
    """Integers of a larger magnitude leave Q(integer_bits) after a left shift by `shift`.

    Source: ``CalculateInputRadius`` of TFLite for 31 bits.
    """
    reach = ((1 << integer_bits) - 1) << (31 - integer_bits)
    return reach >> max(shift, 0)
