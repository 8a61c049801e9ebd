"""What all panes share: the session, the commands, the settings, and the layer that is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from tinyml_studio.gui.commands import Commands
from tinyml_studio.gui.measuring import Measuring
from tinyml_studio.gui.settings import WindowSettings
from tinyml_studio.gui.workspace import Workspace

if TYPE_CHECKING:
    from tinyml_studio.app.rows import LayerRow
    from tinyml_studio.ir.graph import Graph
    from tinyml_studio.simulate.evaluate import Evaluation

PENDING_AFTER_MS = 150


class Desk(QObject):
    """The surroundings of a pane.

    Figures that are on their way count as pending only when they take longer than a moment: most
    edits are answered before that, and nothing flickers.

    Attributes
    ----------
    selected
        Another layer is selected; carries its true name.
    told
        A sentence for the notice above the table.
    pane_asked
        The name of a pane that is to come to the front.
    page_asked
        The title of a help page that is to be shown.
    measuring
        What was measured of each configuration.
    pauses
        Timers of what begins by itself when the person has paused.
    patience
        Runs while figures that are on their way are not called pending yet.
    """

    selected = Signal(str)
    told = Signal(str)
    pane_asked = Signal(str)
    page_asked = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        commands: Commands,
        settings: WindowSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.workspace, self.commands, self.settings = workspace, commands, settings
        self.measuring = Measuring(workspace, settings, self)
        self.pauses = [self.measuring.pause]
        self.patience = QTimer(self)
        self.patience.setSingleShot(True)
        self.patience.setInterval(PENDING_AFTER_MS)

    def select(self, layer: str) -> None:
        """Select a layer in every pane."""
        if layer != self.workspace.selected or self.workspace.values is None:
            self.workspace.select(layer)
        self.selected.emit(layer)

    @property
    def rows(self) -> tuple[LayerRow, ...]:
        """The layers of what is open."""
        studio = self.workspace.studio
        return studio.layers if studio is not None else ()

    @property
    def graph(self) -> Graph | None:
        """The network of what is open."""
        studio = self.workspace.studio
        return studio.derived.graph if studio is not None else None

    @property
    def live(self) -> Evaluation | None:
        """The latest live figures, perhaps of the state before."""
        figures = self.workspace.figures
        return figures.evaluation if figures is not None else None

    @property
    def is_waiting(self) -> bool:
        """Whether something begins by itself in a moment."""
        return any(pause.isActive() for pause in self.pauses)

    @property
    def is_pending(self) -> bool:
        """Whether to say that figures are on their way."""
        return self.workspace.is_pending and not self.patience.isActive()
