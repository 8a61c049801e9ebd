"""What limits the configuration and what would help, as lines with figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.layers import RISKY_BITS, ROOMY_DB, SUSPECT_DB
from tinyml_studio.gui.states.text import clean, data_size, decibel, elided, percent, short_count

if TYPE_CHECKING:
    from tinyml_studio.app.advice import Finding, Remedy
    from tinyml_studio.app.rows import LayerRow

MOST_LETTERS = 24
"""Of a layer's name: so much of a word has room in the narrow list."""
MEASURING = "Measuring every layer …"
NO_PROGRAM = "Choose calibration data (Ctrl+D) to see which layers suffer and what would help"
METHOD_WORDS = {
    "minmax": "min-max range",
    "percentile": "percentile range",
    "mse": "MSE range",
    "entropy": "entropy range",
    "file": "range of the file",
}


class Mark(StrEnum):
    """How urgent a line is; its sign says the same as its colour."""

    BAD = "bad"
    LIMIT = "limit"
    NOTE = "note"
    GOOD = "good"


SIGNS = {Mark.BAD: "▾", Mark.LIMIT: "●", Mark.NOTE: "○", Mark.GOOD: "✓"}


@dataclass(frozen=True, slots=True)
class RemedyLine:
    """One thing to do.

    Parameters
    ----------
    text
        What would change, and what it costs in bytes and cycles.
    gain
        What it brings at the last layer.
    tip
        All figures.
    bits, granularity, method
        The choice; empty where it stays as it is.
    helps
        Whether the last layer gains by it.
    """

    text: str
    gain: str
    tip: str
    bits: str = ""
    granularity: str = ""
    method: str = ""
    helps: bool = False


@dataclass(frozen=True, slots=True)
class AdviceLine:
    """One finding; `key` is the layer's true name, empty for the whole network."""

    key: str
    mark: Mark
    text: str
    tip: str = ""
    remedies: tuple[RemedyLine, ...] = ()


@dataclass(frozen=True, slots=True)
class AdviceState:
    """All lines; `is_complete` once every remedy was tried, `asks_data` where there are none."""

    lines: tuple[AdviceLine, ...] = ()
    is_running: bool = False
    is_complete: bool = False
    status: str = ""
    hint: str = ""
    asks_data: bool = False


def refused_lines(rows: tuple[LayerRow, ...], names: Mapping[str, str]) -> tuple[AdviceLine, ...]:
    """Layers that cannot run as integers."""
    return tuple(
        AdviceLine(
            row.name,
            Mark.BAD,
            f"{names[row.name]} cannot run as integers",
            clean(row.refused, limit=400),
        )
        for row in rows
        if row.refused
    )


def missing_state(refused: tuple[AdviceLine, ...], fault: str, *, lacks_data: bool) -> AdviceState:
    """What is said as long as no figures are there; without `lacks_data` they are on their way."""
    if refused:
        return AdviceState(refused, is_complete=True)
    if fault or lacks_data:
        hint = clean(fault, limit=400) or NO_PROGRAM
        return AdviceState(hint=hint, is_complete=True, asks_data=not fault)
    return AdviceState(is_complete=True, status=MEASURING)


def advice_line(found: Finding, names: Mapping[str, str]) -> AdviceLine:
    """A finding in words."""
    name = elided(names.get(found.layer, clean(found.layer, limit=40)), limit=MOST_LETTERS)
    mark, text, tip = _WORDS[found.cause.name](found, name)
    lines = tuple(remedy_line(held) for held in found.remedies)
    return AdviceLine(found.layer, mark, text, tip, lines)


def _weak(found: Finding, name: str) -> tuple[Mark, str, str]:
    calm = Mark.LIMIT if found.figure < ROOMY_DB else Mark.NOTE
    mark = Mark.BAD if found.figure < SUSPECT_DB else calm
    tip = "Among the layers with the largest error of their own: SQNR when only it is quantized"
    return mark, f"{name}: {decibel(found.figure)} alone", tip


def _amplifies(found: Finding, name: str) -> tuple[Mark, str, str]:
    tip = (
        "The SQNR behind it is lower than its own error and that of its inputs explain: errors of "
        "earlier layers weigh more here. Mend the layers in front of it"
    )
    return Mark.LIMIT, f"{name} amplifies earlier errors by {decibel(found.figure)}", tip


def _saturates(found: Finding, name: str) -> tuple[Mark, str, str]:
    tip = "So many float values lie outside the range of its grid; a wider range clips less"
    return Mark.LIMIT, f"{name} clips {percent(found.figure)} of its values", tip


def _pointless(found: Finding, name: str) -> tuple[Mark, str, str]:
    del found
    tip = "What it reads and what reads it have fewer bits, so 16 bits bring little"
    return Mark.LIMIT, f"{name} has 16 bits between tensors of 8", tip


def _headroom(found: Finding, name: str) -> tuple[Mark, str, str]:
    spare = round(found.figure)
    left = "1 bit" if spare == 1 else f"{spare} bits"
    fullest = f"{left} to spare in {name}, the fullest one"
    mark = Mark.LIMIT if spare <= RISKY_BITS else Mark.GOOD
    tip = f"Proved from the real weights, for every possible input: {fullest}"
    return mark, f"No accumulator overflows: {left} free", tip


def _channels(found: Finding, name: str) -> tuple[Mark, str, str]:
    tip = (
        "They give the same integer for every input, or nobody reads them. The exported header "
        "leaves them out, with the same outputs"
    )
    return Mark.GOOD, f"{name}: {found.figure:.0f} of {found.text} channels say nothing", tip


_WORDS = {
    "WEAK": _weak,
    "AMPLIFIES": _amplifies,
    "SATURATES": _saturates,
    "POINTLESS": _pointless,
    "HEADROOM": _headroom,
    "CHANNELS": _channels,
}


def remedy_line(remedy: Remedy) -> RemedyLine:
    """A remedy in words and figures."""
    choice = remedy.choice
    method = choice.range_method.value if choice.range_method is not None else ""
    granularity = choice.granularity.value if choice.granularity is not None else ""
    text = choice.bits or METHOD_WORDS.get(method, method)
    if granularity:
        text = f"one scale per {granularity}"
    cycles = _cycles(remedy.cycles)
    costs = (_bytes("", remedy.flash_bytes), cycles, _bytes(" RAM", remedy.ram_bytes))
    cost = ", ".join(part for part in costs if part)
    text = f"{text}: {cost}" if cost else text
    tip = (
        f"Measured on the live samples: {signed_db(remedy.end_db)} at the last layer, "
        f"{signed_db(remedy.own_db)} for this layer alone, "
        f"{_bytes('', remedy.flash_bytes) or '±0 B'} of flash, "
        f"{_bytes('', remedy.ram_bytes) or '±0 B'} of RAM.\n{_about_cycles(remedy.cycles)}\n"
        "Enter or Apply takes it over."
    )
    return RemedyLine(
        text,
        signed_db(remedy.end_db),
        tip,
        choice.bits or "",
        granularity,
        method,
        helps=remedy.end_db >= SEEN,
    )


SEEN = 0.05


def signed_db(value: float) -> str:
    """A gain: ``+6.1 dB``, ``±0.0 dB``."""
    sign = "−" if value <= -SEEN else "+" if value >= SEEN else "±"
    return f"{sign}{abs(value) if sign != '±' else 0.0:.1f} dB"


def _cycles(change: float | None) -> str:
    if change is None or abs(change) < 1.0:
        return ""
    return f"{'−' if change < 0 else '+'}{short_count(abs(change))} cycles"


def _about_cycles(change: float | None) -> str:
    if change is None:
        return "Nothing is known of the cycles of the chip's core."
    return f"{_cycles(change) or '±0 cycles'} for one inference, predicted for the chip."


def _bytes(word: str, change: int) -> str:
    if not change:
        return ""
    sign = "−" if change < 0 else "+"
    return f"{sign}{data_size(abs(change))}{word}"
