"""Axes of the file, where the batch is axis 0, to axes of one sample."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.formats.folds.call import normal_axes
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.ir.ops import Shape


def sample_axes(axes: Sequence[int], shape: Shape, refusal: str) -> tuple[int, ...]:
    """Axes of one sample of this shape.

    Raises
    ------
    Refused
        With the reason `refusal`, when the batch is among them.
    Malformed
        For axes that do not exist or are named twice.
    """
    found = normal_axes(axes, len(shape) + 1)
    if 0 in found:
        raise Refused(refusal)
    return tuple(axis - 1 for axis in found)


def sample_axis(axis: int, shape: Shape, refusal: str) -> int:
    """One axis; raises as `sample_axes`."""
    return sample_axes((axis,), shape, refusal)[0]
