"""Min-max: the range covers every value that was seen."""

from __future__ import annotations

import numpy as np

from tinyml_studio.quantize.range_methods.method import RealArray, Seen


class MinMax:
    """Nothing is clipped; one outlier makes every step coarse."""

    def activation_range(self, seen: Seen, *, bits: int, percentile: float) -> tuple[float, float]:
        """Smallest and largest value."""
        del bits, percentile
        return float(seen.min), float(seen.max)

    def weight_scales(
        self, rows: RealArray, *, low: int, high: int, percentile: float
    ) -> RealArray:
        """The largest magnitude meets the last integer."""
        del low, percentile
        return np.asarray(np.abs(rows).max(axis=1, initial=0.0) / high)
