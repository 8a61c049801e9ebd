"""The points of the configurations that were tried."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.pareto import (
    EMPTY,
    Cost,
    Merit,
    ParetoState,
    Point,
    best_places,
)
from tinyml_studio.gui.states.text import clean

if TYPE_CHECKING:
    from tinyml_studio.app.tried import Attempt


def pareto_state(
    attempts: Sequence[Attempt],
    current: Attempt | None,
    *,
    cost: Cost,
    merit: Merit | None,
    target: str,
) -> ParetoState:
    """A point for every attempt that has both figures; `merit` None chooses by what there is."""
    measured = [held for held in attempts if held.live is not None]
    labelled = any(held.live is not None and held.live.accuracy is not None for held in measured)
    merits = (Merit.ACCURACY, *_UNLABELLED) if labelled else _UNLABELLED
    chosen = merit if merit is not None and merit in merits else merits[0]
    points = []
    for number, held in enumerate(attempts):
        x, y = _cost(held, cost, target), _merit(held, chosen)
        if x is not None and y is not None:
            name = clean(held.name, limit=60) or f"configuration {number + 1}"
            points.append(Point(number, name, x, y, is_current=held is current))
    best = best_places([held.cost for held in points], [held.merit for held in points])
    marked = tuple(replace(held, is_best=n in best) for n, held in enumerate(points))
    hint = "" if measured else EMPTY
    return ParetoState(marked, cost, chosen, merits, len(measured) - len(points), hint)


_UNLABELLED = (Merit.AGREEMENT, Merit.SQNR)


def _cost(held: Attempt, cost: Cost, target: str) -> float | None:
    if cost is Cost.LATENCY:
        known = held.estimates.get(target)
        span = known.latency_ms if known is not None else None
        return None if span is None else span.typical
    value = held.data_bytes if cost is Cost.FLASH else held.arena_bytes
    return None if value is None else float(value)


def _merit(held: Attempt, merit: Merit) -> float | None:
    if held.live is None:
        return None
    if merit is Merit.ACCURACY:
        return held.live.accuracy
    value = held.live.agreement if merit is Merit.AGREEMENT else held.live.sqnr_db
    return value if math.isfinite(value) else None
