"""Images of another size."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tinyml_studio.ir.ops.operator import Operator, Shape


class Coordinates(StrEnum):
    """Where output position y lies in an input of n positions, for m outputs."""

    ASYMMETRIC = "asymmetric"
    """``y * n / m``."""

    ALIGN_CORNERS = "align_corners"
    """``y * (n - 1) / (m - 1)``."""

    HALF_PIXEL = "half_pixel"
    """``(y + 1/2) * n / m - 1/2``, not below 0."""


@dataclass(frozen=True)
class ResizeBilinear(Operator):
    """Straight lines between neighbouring values: ``(*spatial, C) -> (*size, C)``."""

    size: Shape
    coordinates: Coordinates = Coordinates.ASYMMETRIC
