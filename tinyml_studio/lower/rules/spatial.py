"""Attributes of windows with two axes: a sequence (L, C) counts as an image (1, L, C)."""

from __future__ import annotations

from tinyml_studio.ir.ops import Pads
from tinyml_studio.program.instructions import Pads2D


def two_axes(values: tuple[int, ...]) -> tuple[int, int]:
    """Kernel, strides or dilations; the unit axis of a sequence gets 1."""
    first, second = (1,) * (2 - len(values)) + tuple(values)
    return first, second


def two_pads(pads: Pads) -> Pads2D:
    """Padding; the unit axis of a sequence gets none."""
    first, second = ((0, 0),) * (2 - len(pads)) + tuple(pads)
    return first, second
