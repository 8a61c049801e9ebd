"""The sentence above the table: which layer suffers most, and what may be done about it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.assembling.obstacle import Obstacle
from tinyml_studio.gui.states.assembling.operators import Rows, names_of
from tinyml_studio.gui.states.layers import ROOMY_DB, SUSPECT_DB
from tinyml_studio.gui.states.summary import Headline, Tone
from tinyml_studio.gui.states.text import clean, decibel

if TYPE_CHECKING:
    from tinyml_studio.simulate.error import LayerError
    from tinyml_studio.simulate.evaluate import Evaluation

TIP = (
    "SQNR: how much larger the float values are than the error of the integers. 10 dB: the error "
    "has a tenth of their power; 20 dB: a hundredth; 40 dB: a ten-thousandth. A click selects the "
    "layer; Advice says what would help"
)
NO_DATA = "Choose data (Ctrl+D) to see what the integers do to each layer"
NONE = Obstacle()
MEASURING = "Measuring every layer …"


def headline(
    rows: Rows, live: Evaluation | None, obstacle: Obstacle = NONE, *, has_data: bool
) -> Headline:
    """What the live figures say in a sentence; `has_data`: they are known or on their way.

    An `obstacle` is what is in the way of figures where there are none.
    """
    if live is None and obstacle.text and not has_data:
        return Headline(f"✕ {obstacle.text}", obstacle.layer, obstacle.text, Tone.SUSPECT)
    if live is None:
        return Headline(MEASURING if has_data else NO_DATA, tone=Tone.MUTED)
    names = names_of(rows)
    known = [held for held in live.layers if held.name in names and not _is_unknown(held)]
    if not known:
        return Headline("No layer of this network can be measured", tone=Tone.MUTED)
    suspect = sum(held.sqnr_cumulative_db < SUSPECT_DB for held in known)
    if not suspect:
        lowest = min(known, key=lambda held: held.sqnr_cumulative_db)
        return _calm(lowest, clean(names[lowest.name], limit=40))
    culprit = min(known, key=lambda held: held.sqnr_isolated_db)
    name, alone = clean(names[culprit.name], limit=40), decibel(culprit.sqnr_isolated_db)
    share = f"{suspect} of {len(known)} below {SUSPECT_DB:.0f} dB"
    text = f"▾ {name} suffers most: {alone} alone; {share}"
    if culprit.sqnr_isolated_db >= SUSPECT_DB:
        text = f"▾ Errors add up, {name} loses most: {alone} alone; {share}"
    return Headline(text, culprit.name, TIP, Tone.SUSPECT)


def _calm(lowest: LayerError, name: str) -> Headline:
    """Nothing is suspect."""
    if math.isinf(lowest.sqnr_cumulative_db):
        return Headline("✓ Integers and float are equal in every layer", tip=TIP, tone=Tone.GOOD)
    least = decibel(lowest.sqnr_cumulative_db)
    if lowest.sqnr_cumulative_db < ROOMY_DB:
        text = f"● {name} has least left: {least}; below {SUSPECT_DB:.0f} dB it would be suspect"
        return Headline(text, lowest.name, TIP, Tone.INTEGER)
    text = f"✓ Every layer keeps {least} or more, {name} the least: fewer bits may do"
    return Headline(text, lowest.name, TIP, Tone.GOOD)


def _is_unknown(held: LayerError) -> bool:
    return math.isnan(held.sqnr_cumulative_db) or math.isnan(held.sqnr_isolated_db)
