"""The configurations of this session: how well each does against what it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tinyml_studio.gui.states.budget import Quantity, figure
from tinyml_studio.gui.states.text import decibel, percent

EMPTY = "Change a layer: every configuration that is measured becomes a point here"
NO_PROGRAM = "Choose calibration data (Ctrl+D): every configuration you try becomes a point here"


class Cost(StrEnum):
    """The axis of what a configuration takes."""

    FLASH = "Constants in flash"
    RAM = "Arena in RAM"
    LATENCY = "Latency"


class Merit(StrEnum):
    """The axis of how well it does."""

    ACCURACY = "Accuracy"
    AGREEMENT = "Agreement"
    SQNR = "SQNR"


COST_TIPS = {
    Cost.FLASH: "Weights and other constants, exact; Budget adds the code",
    Cost.RAM: "What all activations share, exact; Budget adds the stack",
    Cost.LATENCY: "Estimated for the chip; only configurations that were estimated have it",
}
MERIT_TIPS = {
    Merit.ACCURACY: "Share of right answers over the live samples",
    Merit.AGREEMENT: "How often integers and float give the same answer, over the live samples",
    Merit.SQNR: "Signal to quantization noise of the last layer, over the live samples",
}
_QUANTITIES = {
    Cost.FLASH: Quantity.FLASH,
    Cost.RAM: Quantity.RAM,
    Cost.LATENCY: Quantity.LATENCY,
}


@dataclass(frozen=True, slots=True)
class Point:
    """One configuration; `number` is its place in the list of attempts."""

    number: int
    name: str
    cost: float
    merit: float
    is_current: bool = False
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class ParetoState:
    """The points, both axes, and how many have no place on them."""

    points: tuple[Point, ...] = ()
    cost: Cost = Cost.FLASH
    merit: Merit = Merit.SQNR
    merits: tuple[Merit, ...] = (Merit.AGREEMENT, Merit.SQNR)
    missing: int = 0
    hint: str = ""
    asks_data: bool = False


def cost_text(cost: Cost, value: float) -> str:
    """A cost with its unit."""
    return figure(_QUANTITIES[cost], value)


def merit_text(merit: Merit, value: float) -> str:
    """A merit with its unit."""
    return decibel(value) if merit is Merit.SQNR else percent(value)


def point_text(state: ParetoState, point: Point) -> str:
    """One line about a point."""
    cost, merit = cost_text(state.cost, point.cost), merit_text(state.merit, point.merit)
    what = " – in force" if point.is_current else " – click or Enter adopts it"
    best = ", nothing tried is better in both" if point.is_best else ""
    return f"{point.name}: {merit} with {cost}{best}{what}"


def best_places(costs: Sequence[float], merits: Sequence[float]) -> frozenset[int]:
    """Places of the points that no other one beats: none is as good in both and better in one."""
    places = range(len(costs))

    def beaten(place: int) -> bool:
        cost, merit = costs[place], merits[place]
        return any(
            costs[n] <= cost and merits[n] >= merit and (costs[n] < cost or merits[n] > merit)
            for n in places
        )

    return frozenset(place for place in places if not beaten(place))


def front(state: ParetoState) -> tuple[tuple[float, float], ...]:
    """The points of the staircase through the best, from cheap to dear."""
    best = sorted({(point.cost, point.merit) for point in state.points if point.is_best})
    corners: list[tuple[float, float]] = []
    for cost, merit in best:
        if corners:
            corners.append((cost, corners[-1][1]))
        corners.append((cost, merit))
    return tuple(corners)


def limits(values: Sequence[float]) -> tuple[float, float]:
    """Ends of an axis around values, never empty."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return 0.0, 1.0
    low, high = min(finite), max(finite)
    room = (high - low) * 0.12 or max(abs(high) * 0.05, 1e-3)
    return low - room, high + room


def nearest(
    state: ParetoState, place: tuple[float, float], pixel: tuple[float, float], reach: float
) -> Point | None:
    """The point within `reach` pixels of a place; `pixel` is one pixel in both units."""

    def distance(point: Point) -> float:
        across = (point.cost - place[0]) / (pixel[0] or 1.0)
        return math.hypot(across, (point.merit - place[1]) / (pixel[1] or 1.0))

    found = min(state.points, key=distance, default=None)
    return found if found is not None and distance(found) <= reach else None
