"""The gauges of a configuration, from what was measured of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.budget import BudgetState, Gauge, Measure, Quantity, gauge
from tinyml_studio.gui.states.text import clean, data_size, whole

if TYPE_CHECKING:
    from tinyml_studio.app.targets import Target
    from tinyml_studio.app.tried import Attempt, Quality
    from tinyml_studio.cost.estimate import Counted, Estimate, Span
    from tinyml_studio.document.budget import Budget

NO_PROGRAM = "Choose calibration data (Ctrl+D) to see flash, RAM, latency and energy on the chip"
WAITING = "It is estimated in a moment."
ASK = "Estimate compiles the header and counts one inference in an emulator."
PREDICTED = "Predicted from counted networks; Estimate counts it."
WITHOUT_CODE = "Weights and constants, exact; the code is not counted yet."
WITHOUT_STACK = "The arena, exact; other static data and the stack are not counted yet."

Measures = Mapping[Quantity, Measure]


def measures_of(
    attempt: Attempt | None, target: str, before: Estimate | None, *, missing: str
) -> Measures:
    """What is known of a configuration on a chip.

    Parameters
    ----------
    attempt
        The configuration; None when nothing is known of it.
    target
        Name of the chip.
    before
        The last estimate for this chip, of another configuration, shown as old.
    missing
        Why there is no estimate.
    """
    known = attempt.known(target) if attempt is not None else None
    source = "" if known is None else known.source
    return {
        **_memory(attempt, known, missing),
        Quantity.LATENCY: _span(
            None if known is None else known.latency_ms,
            None if before is None else before.latency_ms,
            _why_no_latency(known, missing),
            source,
        ),
        Quantity.ENERGY: _span(
            None if known is None else known.energy_mj,
            None if before is None else before.energy_mj,
            _why_no_energy(known, missing),
            source,
        ),
        **_quality(attempt),
    }


def _memory(attempt: Attempt | None, known: Estimate | None, missing: str) -> Measures:
    counted = known.counted if known is not None else None
    flash = counted.flash_bytes if counted is not None else None
    ram = known.ram_bytes if known is not None else None
    source = known.source if known is not None else ""
    data = attempt.data_bytes if attempt is not None else None
    arena = attempt.arena_bytes if attempt is not None else None
    return {
        Quantity.FLASH: Measure(float(flash), source=source, note=_parts(counted))
        if counted is not None and flash is not None
        else _least(data, f"{WITHOUT_CODE} {missing}"),
        Quantity.RAM: Measure(float(ram), source=source)
        if ram is not None
        else _least(arena, f"{WITHOUT_STACK} {missing}"),
    }


def _parts(counted: Counted) -> str:
    """What of the flash is code: fewer bits may need another kernel, and so more of it."""
    flash, code = counted.flash_bytes, counted.code_bytes
    if flash is None or code is None:
        return ""
    return f"Weights and constants {data_size(flash - code)}, code {data_size(code)}."


def _least(value: int | None, note: str) -> Measure:
    return Measure() if value is None else Measure(float(value), is_least=True, note=note)


def _span(known: Span | None, before: Span | None, missing: str, source: str) -> Measure:
    if known is not None:
        return Measure(known.typical, known.low, known.high, source=source)
    if before is not None and missing in (WAITING, ASK):
        return Measure(before.typical, before.low, before.high, is_old=True, note=missing)
    return Measure(note=f"Not known. {missing}")


def _why_no_latency(known: Estimate | None, missing: str) -> str:
    if known is None:
        return missing
    if known.counted.instructions is None:
        return " ".join(_sentence(note) for note in known.notes) or "Nothing counts this core."
    return "The chip's clock is not known; choose a chip instead of a bare core."


def _why_no_energy(known: Estimate | None, missing: str) -> str:
    if known is None or known.latency_ms is None:
        return _why_no_latency(known, missing)
    return "The current of the chip is not known; a target file of your own can state it."


def _sentence(note: str) -> str:
    text = clean(note, limit=300)
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _quality(attempt: Attempt | None) -> Measures:
    live, full = (None, None) if attempt is None else (attempt.live, attempt.full)
    made = {Quantity.AGREEMENT: _share(full or live, "agreement", is_full=full is not None)}
    held = next((part for part in (full, live) if part is not None and part.accuracy), None)
    if held is not None:
        made[Quantity.ACCURACY] = _share(held, "accuracy", is_full=held is full)
    return made


def _share(held: Quality | None, name: str, *, is_full: bool) -> Measure:
    if held is None:
        return Measure(note="Measured as soon as there are samples.")
    where = f"Over {whole(held.samples)} {'samples' if is_full else 'live samples'}."
    more = "" if is_full else " Press F5 to measure over all."
    return Measure(float(getattr(held, name)), note=where + more)


def gauges_of(
    measures: Measures, baseline: Measures, budget: Budget, target: Target | None
) -> tuple[Gauge, ...]:
    """All gauges in order; accuracy only where there are labels or a limit for it."""
    limits = budget.values()
    own = {
        Quantity.FLASH: None if target is None else target.flash_bytes,
        Quantity.RAM: None if target is None else target.ram_bytes,
    }
    shown = [held for held in Quantity if held in measures or limits[held.value] is not None]
    return tuple(
        gauge(
            held,
            measures.get(held, Measure(note="Not known without labels in the data.")),
            limits[held.value],
            own.get(held),
            _before(measures.get(held), baseline.get(held)),
        )
        for held in shown
    )


def _before(now: Measure | None, before: Measure | None) -> float | None:
    """The baseline's value where both were found alike."""
    if now is None or before is None or before.is_old:
        return None
    alike = (now.is_least, now.source) == (before.is_least, before.source)
    return before.value if alike else None


def status_of(known: Estimate | None, *, fault: str, runs: bool, missing: str) -> str:
    """What is going on, in a sentence."""
    if runs:
        return "Counting one inference …"
    if fault:
        return clean(fault, limit=400)
    if known is None:
        return missing
    return _known_status(known, missing)


def _known_status(known: Estimate, missing: str) -> str:
    """How an estimate was found, and what it lacks."""
    if known.counted.instructions is None:
        return " ".join(_sentence(note) for note in known.notes)
    core = known.core.replace("-", "\u2011")  # a hyphen at which no line breaks
    counted = f"Counted in an emulator of the {core}."
    if known.source == "predicted":
        counted = PREDICTED
    if known.latency_ms is None:
        return f"{counted} Latency: {_lower(_why_no_latency(known, missing))}"
    if known.energy_mj is None:
        return f"{counted} Energy: {_lower(_why_no_energy(known, missing))}"
    return counted


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def budget_state(
    gauges: tuple[Gauge, ...], target: str, status: str, baseline: str, *, flags: Flags
) -> BudgetState:
    """The whole state."""
    runs, can_estimate, is_automatic = flags
    return BudgetState(target, gauges, status, runs, can_estimate, is_automatic, baseline)


Flags = tuple[bool, bool, bool]
