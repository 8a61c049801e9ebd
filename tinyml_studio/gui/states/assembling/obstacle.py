"""Why there is no integer network, in the words that every pane without one says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tinyml_studio.errors import LostDataError
from tinyml_studio.gui.states.assembling.operators import Rows, names_of, refused_of
from tinyml_studio.gui.states.text import clean

if TYPE_CHECKING:
    from tinyml_studio.app.derived import Derived


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What is in the way of integers.

    Parameters
    ----------
    text
        The reason; empty where nothing is but that no data were chosen yet.
    layer
        True name of the layer that it is about; empty for none.
    asks_data
        Choosing calibration data takes it away.
    """

    text: str = ""
    layer: str = ""
    asks_data: bool = True

    def hint(self, invitation: str) -> str:
        """The reason; an `invitation` to choose data where nothing but these is missing."""
        return self.text or invitation


def obstacle_of(derived: Derived, rows: Rows) -> Obstacle:
    """What is in the way of the integers of a model that has no program, or no figures."""
    refused = refused_of(rows)
    if refused:
        first = refused[0]
        name, reason = names_of(rows)[first.name], clean(first.refused).rstrip(".")
        others = f" {len(refused) - 1} more marked in the table." if refused[1:] else ""
        return Obstacle(
            f"{name} cannot run as integers: {reason}.{others}", first.name, asks_data=False
        )
    if derived.document.calibration is None or derived.refusal is None:
        return Obstacle(asks_data=derived.document.calibration is None)
    text = clean(str(derived.refusal), limit=600)
    return Obstacle(text, asks_data=isinstance(derived.refusal, LostDataError))
