"""The steps of a session as the history pane shows them, each with what it brought."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.text import clean, decibel, percent

if TYPE_CHECKING:
    from tinyml_studio.document.history import History
    from tinyml_studio.simulate.evaluate import Evaluation


@dataclass(frozen=True, slots=True)
class Effect:
    """What the live figures said after a step: SQNR of the last layer, agreement with float."""

    sqnr_db: float
    agreement: float


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step: its name, its figures, and whether it was taken back."""

    name: str
    figures: str
    tip: str
    is_undone: bool


@dataclass(frozen=True, slots=True)
class HistoryState:
    """All steps, oldest first, and which one is in force."""

    steps: tuple[StepRow, ...] = ()
    position: int = 0


def effect_of(evaluation: Evaluation) -> Effect:
    """The figures of a step."""
    last = evaluation.layers[-1].sqnr_cumulative_db if evaluation.layers else math.nan
    return Effect(last, evaluation.agreement)


def history_state(
    history: History, effects: Mapping[int, Effect], names: Mapping[str, str]
) -> HistoryState:
    """The rows; `effects` are by ``id`` of the step's document, `names` are short names."""
    rows, before = [], None
    for place, step in enumerate(history.steps):
        effect = effects.get(id(step.document))
        rows.append(
            StepRow(
                clean(_shortened(step.name, names), limit=80),
                _figures(effect, before),
                _tip(clean(step.name, limit=400), effect),
                place > history.position,
            )
        )
        before = effect or before
    return HistoryState(tuple(rows), history.position)


def _shortened(name: str, names: Mapping[str, str]) -> str:
    """A step's name with the layer as the table calls it."""
    layer, arrow, choice = name.rpartition(" → ")
    return f"{names.get(layer, layer)}{arrow}{choice}"


def _figures(effect: Effect | None, before: Effect | None) -> str:
    """SQNR at the end of the network, and how it changed; empty when it was never measured."""
    if effect is None:
        return ""
    if before is None or not math.isfinite(effect.sqnr_db - before.sqnr_db):
        return decibel(effect.sqnr_db)
    gained = effect.sqnr_db - before.sqnr_db
    sign = "−" if gained <= -0.05 else "+" if gained >= 0.05 else "±"
    return f"{sign}{abs(gained):.1f} dB"


def _tip(name: str, effect: Effect | None) -> str:
    if effect is None:
        return name
    end = decibel(effect.sqnr_db)
    return f"{name}\n{end} at the last layer, agreement with float {percent(effect.agreement)}"
