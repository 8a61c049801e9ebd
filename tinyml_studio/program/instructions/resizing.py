"""Images of another size."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.program.instructions.instruction import Instruction

Between = tuple[int, int, int]  # the input in front, the one behind, and 1024 times the way there


@dataclass(frozen=True, eq=False)
class ResizeBilinear(Instruction):
    """``(H, W, C) -> (H', W', C)`` on one grid, by straight lines in both directions.

    `rows` has ``(y0, y1, f)`` for every output row, `columns` ``(x0, x1, g)`` for every output
    column; with ``f' = 1024 - f`` and ``g' = 1024 - g`` the output is
    ``(x[y0, x0] f' g' + x[y1, x0] f g' + x[y0, x1] f' g + x[y1, x1] f g) / 2**20``, rounded once.
    f and g may lie below 0, where both inputs are the first. Source: ``ResizeBilinearInteger`` of
    TFLite, which rounds ties away from zero.
    """

    rows: tuple[Between, ...]
    columns: tuple[Between, ...]
    rounding: Rounding = Rounding.HALF_AWAY
