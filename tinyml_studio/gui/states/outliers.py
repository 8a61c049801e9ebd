"""The few outermost values of a histogram, and the share of the range that they cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinyml_studio.gui.states.distribution import Float64Array
from tinyml_studio.gui.states.text import percent, whole

SPARE_SHARE = 1e-3
"""At most this share of the values are outliers; of fewer than a thousand, one."""
LEAST_COST = 0.2
"""What is left out must narrow the range by this share to be worth a word."""
LEAST_COUNT = 16


@dataclass(frozen=True, eq=False)
class Outliers:
    """What lies far outside, as far as bins can tell.

    Parameters
    ----------
    places
        Middles of the bins that hold outliers.
    count
        How many values they hold.
    cost
        Share of the range from the least to the greatest value that only they need.
    """

    places: Float64Array
    count: int
    cost: float

    def __str__(self) -> str:
        share = percent(self.cost, digits=0).replace(" ", "\N{NO-BREAK SPACE}")
        words = "outlier takes" if self.count == 1 else "outliers take"
        return f"{whole(self.count)} {words} {share} of the range"


def outliers_of(edges: Float64Array, counts: Float64Array) -> Outliers | None:
    """The bins farthest from the mean that hold few enough values; None where they cost little.

    Parameters
    ----------
    edges, counts
        ``(n + 1,)`` ascending edges and ``(n,)`` counts.
    """
    total = float(counts.sum())
    seen = np.flatnonzero(counts)
    if total < LEAST_COUNT or seen.size < 2:
        return None
    middles = edges[:-1] / 2 + edges[1:] / 2
    mean = float(middles @ (counts / total))
    farthest = seen[np.argsort(-np.abs(middles[seen] - mean), kind="stable")]
    left_out = np.cumsum(counts[farthest]) <= max(1.0, total * SPARE_SHARE)
    outside, inside = farthest[left_out], np.sort(farthest[~left_out])
    if outside.size == 0 or inside.size == 0:
        return None
    width = edges[inside[-1] + 1] / 2 - edges[inside[0]] / 2
    cost = 1.0 - float(width / (edges[seen[-1] + 1] / 2 - edges[seen[0]] / 2))
    if not cost >= LEAST_COST:
        return None
    return Outliers(np.sort(middles[outside]), round(float(counts[outside].sum())), cost)
