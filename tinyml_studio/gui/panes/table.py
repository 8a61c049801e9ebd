"""The table of panes: the window goes over it, and knows none of them."""

from __future__ import annotations

from tinyml_studio.gui.pane import Pane
from tinyml_studio.gui.panes.advice import AdvicePane
from tinyml_studio.gui.panes.budget import BudgetPane
from tinyml_studio.gui.panes.code import CodePane
from tinyml_studio.gui.panes.distributions import DistributionsPane
from tinyml_studio.gui.panes.error import ErrorPane
from tinyml_studio.gui.panes.graph import GraphPane
from tinyml_studio.gui.panes.help import HelpPane
from tinyml_studio.gui.panes.history import HistoryPane
from tinyml_studio.gui.panes.layers import LayersPane
from tinyml_studio.gui.panes.memory import MemoryPane
from tinyml_studio.gui.panes.pareto import ParetoPane
from tinyml_studio.gui.panes.simulator import SimulatorPane
from tinyml_studio.gui.panes.summary import SummaryPane
from tinyml_studio.gui.panes.verify import VerifyPane

PANES: tuple[type[Pane], ...] = (
    SummaryPane,
    LayersPane,
    GraphPane,
    BudgetPane,
    HistoryPane,
    DistributionsPane,
    HelpPane,
    ErrorPane,
    MemoryPane,
    SimulatorPane,
    ParetoPane,
    CodePane,
    VerifyPane,
    AdvicePane,
)
"""In the order of their tabs; the first of a place is in front."""
