"""Exact integer arithmetic: integer types, rounding, fixed-point multipliers, packing."""
