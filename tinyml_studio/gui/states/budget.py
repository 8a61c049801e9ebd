"""Gauges: what the network takes and how well it does, against limits and against a baseline."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from tinyml_studio.gui.states.text import MISSING, data_size, percent, points, real

NEAR = 0.9
"""Share of a limit from which a gauge warns."""


UNKNOWN = "not known"


class Quantity(StrEnum):
    """What is gauged; the value is the limit's name in the document's budget."""

    FLASH = "flash_bytes"
    RAM = "ram_bytes"
    LATENCY = "latency_ms"
    ENERGY = "energy_mj"
    ACCURACY = "accuracy"
    AGREEMENT = "agreement"


TITLES = {
    Quantity.FLASH: "Flash",
    Quantity.RAM: "RAM",
    Quantity.LATENCY: "Latency",
    Quantity.ENERGY: "Energy",
    Quantity.ACCURACY: "Accuracy",
    Quantity.AGREEMENT: "Agreement",
}
TIPS = {
    Quantity.FLASH: "Weights, other constants and code that the network puts into flash",
    Quantity.RAM: "The arena of all activations, other static data, and the deepest stack",
    Quantity.LATENCY: "Time of one inference: counted instructions times the core's cycles for "
    "each, at its highest clock. Not measured on the chip",
    Quantity.ENERGY: "Latency times the current of the chip while it computes, at its voltage",
    Quantity.ACCURACY: "Share of right answers of the integer network",
    Quantity.AGREEMENT: "How often integers and float give the same answer",
}
AT_LEAST = frozenset({Quantity.ACCURACY, Quantity.AGREEMENT})
"""Quantities of which more is better."""

_FACTORS = {
    "": 1.0, "b": 1.0, "byte": 1.0, "bytes": 1.0, "kb": 1e3, "mb": 1e6, "kib": 1024.0,
    "mib": 1024.0**2, "ms": 1.0, "s": 1e3, "us": 1e-3, "µs": 1e-3, "mj": 1.0, "j": 1e3,
    "uj": 1e-3, "µj": 1e-3, "%": 0.01,
}  # fmt: skip
_UNITS = {
    Quantity.FLASH: ("", "b", "byte", "bytes", "kb", "mb", "kib", "mib"),
    Quantity.LATENCY: ("", "ms", "s", "us", "µs"),
    Quantity.ENERGY: ("", "mj", "j", "uj", "µj"),
    Quantity.ACCURACY: ("", "%"),
}
_UNITS[Quantity.RAM], _UNITS[Quantity.AGREEMENT] = (
    _UNITS[Quantity.FLASH],
    _UNITS[Quantity.ACCURACY],
)
EXAMPLES = {
    Quantity.FLASH: "64 kB",
    Quantity.RAM: "32 kB",
    Quantity.LATENCY: "200 ms",
    Quantity.ENERGY: "5 mJ",
    Quantity.ACCURACY: "85 %",
    Quantity.AGREEMENT: "98 %",
}


@dataclass(frozen=True, slots=True)
class Gauge:
    """One quantity.

    Parameters
    ----------
    quantity
        What it is.
    value
        Its text, or a dash.
    share
        Part of the limit, or of one where more is better; None without a value or a limit.
    mark
        Where on the bar the limit stands, for what should be at least so much.
    limit
        The limit's text as it can be edited; empty where the person has set none.
    hint, limit_tip
        What stands there when nothing was set, such as the chip's own size, and what can be typed.
    change
        Signed difference from the baseline; empty when there is none.
    is_better
        Whether the change is for the better; None when nothing changed.
    verdict
        So much ``over`` or ``short`` of the limit; empty when it is kept.
    is_near
        Close to the limit.
    is_old
        Of an earlier state; a newer figure is not there.
    tip
        What it is, how it was found, and what is missing to know it.
    """

    quantity: Quantity
    value: str = MISSING
    share: float | None = None
    mark: float | None = None
    limit: str = ""
    hint: str = ""
    limit_tip: str = ""
    change: str = ""
    is_better: bool | None = None
    verdict: str = ""
    is_near: bool = False
    is_old: bool = False
    tip: str = ""


@dataclass(frozen=True, slots=True)
class BudgetState:
    """The chip, the gauges, and what is going on.

    Parameters
    ----------
    target
        Name of the chip that the figures are for.
    gauges
        In order.
    status
        What is known and what is not, in a sentence.
    is_running
        An estimate runs.
    can_estimate
        There is something to estimate that is not known yet.
    is_automatic
        Estimates follow every change.
    baseline
        What changes are measured against.
    hint
        Why there is nothing to show.
    asks_data
        Calibration data would bring something to show.
    """

    target: str = ""
    gauges: tuple[Gauge, ...] = ()
    status: str = ""
    is_running: bool = False
    can_estimate: bool = False
    is_automatic: bool = True
    baseline: str = ""
    hint: str = ""
    asks_data: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure: the typical value, the span it lies in, whether it is only a lower bound, and why.

    `value` None is not known; then `note` says what is missing. `is_old` is of an earlier state.
    `source` tells how it was found: figures of two sources are no change.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    is_least: bool = False
    is_old: bool = False
    note: str = ""
    source: str = ""


def figure(quantity: Quantity, value: float) -> str:
    """A value with its unit."""
    if quantity in (Quantity.FLASH, Quantity.RAM):
        return data_size(round(value))
    if quantity in AT_LEAST:
        return percent(value)
    unit, small, thousand = ("ms", "µs", "s") if quantity is Quantity.LATENCY else ("mJ", "µJ", "J")
    if value < 1.0:
        return f"{real(value * 1e3, figures=3)} {small}"
    if value >= 1000.0:
        return f"{real(value / 1e3, figures=3)} {thousand}"
    return f"{real(value, figures=3)} {unit}"


def difference(quantity: Quantity, value: float, before: float) -> str:
    """A signed change; empty where it is too small to be seen."""
    change = value - before
    if quantity in AT_LEAST:
        return points(change) if abs(change) >= 0.0005 else ""
    if abs(change) <= 1e-3 * max(abs(before), 1e-12):
        return ""
    sign = "−" if change < 0 else "+"
    return f"{sign}{figure(quantity, abs(change))}"


def parse_limit(quantity: Quantity, text: str) -> float | None:
    """A limit that a person typed: ``64 kB``, ``0.2 s``, ``85 %``; None for an empty text.

    Raises
    ------
    ValueError
        If it is none; says what would be.
    """
    plain = text.strip().replace(",", ".").replace("\u202f", "").lower()
    if not plain:
        return None
    found = re.fullmatch(r"(\d*\.?\d+)\s*([a-zµ%]*)", plain)
    wrong = f"Write the limit like {EXAMPLES[quantity]}, or nothing for none"
    if found is None or found[2] not in _UNITS[quantity]:
        raise ValueError(wrong)
    unit = "%" if quantity in AT_LEAST else found[2]
    value = float(found[1]) * _FACTORS[unit]
    if quantity in (Quantity.FLASH, Quantity.RAM):
        value = float(round(value))
    if value <= 0.0 or (quantity in AT_LEAST and value > 1.0) or not math.isfinite(value):
        raise ValueError(wrong)
    return value


def gauge(
    quantity: Quantity,
    measure: Measure,
    limit: float | None,
    own: float | None,
    before: float | None,
) -> Gauge:
    """One gauge; `limit` was set by the person, `own` is what the chip has."""
    held = limit if limit is not None else own
    value = measure.value
    shown = Gauge(
        quantity,
        limit="" if limit is None else figure(quantity, limit),
        hint="no limit" if own is None else f"of {figure(quantity, own)}",
        limit_tip=_limit_tip(quantity, own),
        tip=_tip(quantity, measure),
    )
    if value is None:
        return replace(shown, value=UNKNOWN)
    change = "" if before is None or measure.is_old else difference(quantity, value, before)
    rises = before is not None and value > before
    more_is_better = quantity in AT_LEAST
    share = value if more_is_better else None if not held else value / held
    return Gauge(
        quantity,
        value=("≥ " if measure.is_least else "") + figure(quantity, value),
        share=share,
        mark=limit if more_is_better else None,
        limit=shown.limit,
        hint=shown.hint,
        limit_tip=shown.limit_tip,
        change=change,
        is_better=None if not change else rises == more_is_better,
        verdict=_verdict(quantity, value, held),
        is_near=not more_is_better and share is not None and share >= NEAR,
        is_old=measure.is_old,
        tip=shown.tip,
    )


def _verdict(quantity: Quantity, value: float, limit: float | None) -> str:
    if limit is None:
        return ""
    if quantity in AT_LEAST:
        return f"▾ {points(limit - value)[1:]} short" if value < limit else ""
    return f"▾ {figure(quantity, value - limit)} over" if value > limit else ""


def _limit_tip(quantity: Quantity, own: float | None) -> str:
    chip = "" if own is None else f"The chip has {figure(quantity, own)}. "
    return f"{chip}The budget: type a limit such as {EXAMPLES[quantity]}, nothing for none"


def _tip(quantity: Quantity, measure: Measure) -> str:
    parts = [f"{TIPS[quantity]}."]
    if measure.low is not None and measure.high is not None:
        low, high = figure(quantity, measure.low), figure(quantity, measure.high)
        parts.append(f"Between {low} and {high}.")
    if measure.is_old:
        parts.append("This is the figure before the last change.")
    if measure.note:
        parts.append(measure.note)
    return "\n".join(parts)
