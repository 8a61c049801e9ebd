"""Outputs whose grid the kernels take for granted."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.ir.found import FoundGrid


def check_fixed_grid(
    grid: FoundGrid, scale: float, zero_point: int, *, tolerance: float = 0.0
) -> None:
    """Refuse an output on another grid than the kernels compute with.

    Some files have the scale in decimal digits; the kernels take it within a relative `tolerance`,
    and compute as ever. Source: LiteRT 8-bit quantization specification.
    """
    is_near = abs(grid.scale - scale) <= tolerance * scale
    if not is_near or grid.zero_point != zero_point:
        raise Refused(
            f"its output has scale {grid.scale:g} and zero point {grid.zero_point}, and the "
            f"kernels compute with {scale:g} and {zero_point}"
        )
