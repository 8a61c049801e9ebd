"""Images of another size."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.program.instructions.instruction import Instruction

Between = tuple[int, int, int]  # the input in front, the one behind, and steps of the way there
Shares = tuple[int, int, float, float]  # the same two inputs, and the share of each

COARSE_BITS, SHORT_BITS, FINE_BITS = 10, 11, 22


@dataclass(frozen=True, eq=False)
class ResizeBilinear(Instruction):
    """``(H, W, C) -> (H', W', C)`` on one grid, by straight lines in both directions.

    `rows` has ``(y0, y1, f)`` for every output row, `columns` ``(x0, x1, g)`` for every output
    column; with ``n = 2**bits``, ``f' = n - f`` and ``g' = n - g`` the output is
    ``(x[y0, x0] f' g' + x[y1, x0] f g' + x[y0, x1] f' g + x[y1, x1] f g) / n**2``, rounded once.
    f and g may lie below 0, where both inputs are the first. Sources: ``ResizeBilinearInteger`` of
    TFLite, which has 10 bits and rounds ties away from zero; ``ibilinear`` of XNNPACK, which has 11
    and rounds ties up; with `FINE_BITS` the shares that
    ``UpsampleBilinear`` of ONNX Runtime has in float32, which holds them to 22 bits where they lie
    between the first four inputs, and to fewer behind those.
    """

    rows: tuple[Between, ...]
    columns: tuple[Between, ...]
    bits: int = COARSE_BITS
    rounding: Rounding = Rounding.HALF_AWAY


@dataclass(frozen=True, eq=False)
class ResizeBilinearFloat32(Instruction):
    """``(H, W, C) -> (H', W', C)`` on one grid of 8 bits, in float32 steps on unsigned values.

    `rows` has ``(y0, y1, f', f)`` for every output row, `columns` ``(x0, x1, g', g)`` for every
    output column, with shares that float32 holds. With ``u = x + 128`` and every product and sum
    rounded to float32, from the left, the output is ``s - 128`` of ``s = u[y0, x0] * f' * g' +
    u[y1, x0] * f * g' + u[y0, x1] * f' * g + u[y1, x1] * f * g + 0.5`` without its fraction.
    Where f or g lies below 0 both inputs are the first. Source: ``ResizeBilinear`` of LiteRT's
    reference kernels for uint8; its optimized ones add in another order.
    """

    rows: tuple[Shares, ...]
    columns: tuple[Shares, ...]
