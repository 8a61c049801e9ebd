"""Samples through both networks: one of them, its layers, all of them, and other integers."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QTabBar,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.states.sample import SampleState, saturation_text
from tinyml_studio.gui.states.text import plain_tip, whole
from tinyml_studio.gui.theme import Colours, figure_font
from tinyml_studio.gui.widgets.compare_page import ComparePage
from tinyml_studio.gui.widgets.confusion_page import ConfusionPage
from tinyml_studio.gui.widgets.empty_hint import EmptyHint
from tinyml_studio.gui.widgets.labels import ElidedLabel, plain_label
from tinyml_studio.gui.widgets.layer_page import LayerPage, step_button
from tinyml_studio.gui.widgets.legend import Legend
from tinyml_studio.gui.widgets.panel import Panel
from tinyml_studio.gui.widgets.plots_outputs import OutputsPlot
from tinyml_studio.gui.widgets.sample_input import SampleInput


class Page(StrEnum):
    """What is shown."""

    SAMPLE = "Sample"
    LAYER = "Layer"
    CONFUSION = "Whole set"
    COMPARE = "Compare"


PAGE_TIPS: dict[Page, str] = {
    Page.SAMPLE: "One sample: what goes in, what comes out, which layers saturate",
    Page.LAYER: "The integers of one layer beside its float values, channels as tiles",
    Page.CONFUSION: "Both networks over all samples: which class is taken for which",
    Page.COMPARE: "These integers against another engine's, or a device's",
}

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
SATURATED = (
    "Values that stand at an end of the integer type because it ends there; zeros of a Relu, and "
    "what a pool takes over, do not count"
)


class SimulatorView(Panel):
    """Told a `SampleState`; tells which sample or layer was chosen.

    Attributes
    ----------
    sample_chosen
        Number of a sample, from 0.
    layer_chosen
        The true name of a layer.
    verify_asked
        The integers shown here are to be held against those of the compiled header.
    page_chosen
        Another `Page`.
    """

    sample_chosen = Signal(int)
    layer_chosen = Signal(str)
    verify_asked = Signal()
    page_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = SampleState()
        self.number = QSpinBox()
        self.number.setPrefix("Sample ")
        self.number.setMinimumWidth(self.fontMetrics().horizontalAdvance("Sample 000000"))
        self.number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.number.setKeyboardTracking(False)
        self.number.setToolTip("Which of the calibration samples is run")
        self.number.valueChanged.connect(lambda number: self.sample_chosen.emit(number - 1))
        self.number.setObjectName("bare")  # the buttons stand beside it
        self.verify_button = QPushButton("Verify")
        self.verify_button.setToolTip(
            "Compare the compiled header with the simulator, byte for byte"
        )
        self.verify_button.clicked.connect(self.verify_asked)
        self.earlier = step_button("‹", "The sample before", self.number.stepDown)
        self.later = step_button("›", "The next sample", self.number.stepUp)
        self._count, self._title = plain_label(name="muted"), ElidedLabel()
        self.legend = Legend((("float", "float_"), ("integer", "integer")))
        self._readout, self._about = ElidedLabel(name="muted"), ElidedLabel(name="muted")
        self.input, self.outputs = SampleInput(), OutputsPlot()
        self.outputs.readout.connect(self._readout.set_text)
        self.saturations = self._make_list()
        self.layer, self.confusion, self.compare = LayerPage(), ConfusionPage(), ComparePage()
        self.compare.layer_chosen.connect(self.layer_chosen)
        self.pages = self._make_tabs()
        self._hint = EmptyHint(self.data_asked)
        self._arrange()
        self.show_state(self._state)

    def _make_tabs(self) -> QTabBar:
        made = QTabBar()
        made.setDrawBase(False)
        made.setExpanding(False)
        for page, tip in PAGE_TIPS.items():
            made.setTabToolTip(made.addTab(str(page)), plain_tip(tip))
        made.currentChanged.connect(lambda place: self._turn(tuple(Page)[place]))
        return made

    def _make_list(self) -> QTreeWidget:
        made = QTreeWidget()
        made.setHeaderLabels(["Layer", "Saturated"])
        made.setRootIsDecorated(False)
        made.setUniformRowHeights(True)
        made.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        made.setFont(figure_font(self.font()))
        header = made.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        made.headerItem().setTextAlignment(1, RIGHT)
        made.headerItem().setToolTip(0, plain_tip("A click selects the layer in every pane"))
        made.headerItem().setToolTip(1, plain_tip(SATURATED))
        made.itemClicked.connect(self._choose)
        return made

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(3)
        first = QHBoxLayout()
        first.addWidget(self.pages)
        first.addWidget(self.confusion.header, 1)
        first.addStretch(0)
        for part in (self.earlier, self.number, self.later, self._count):
            top.addWidget(part)
        top.addSpacing(10)
        top.addWidget(self._title, 1)
        top.addWidget(self.layer.header, 1)
        top.addWidget(self.verify_button)
        left, middle = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.input, 1)
        left.addWidget(self._about)
        line = QHBoxLayout()
        line.addWidget(self.legend)
        line.addWidget(self._readout, 1)
        middle.addLayout(line)
        middle.addWidget(self.outputs, 1)
        sample = QWidget()
        row = QHBoxLayout(sample)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addLayout(left, 3)
        row.addLayout(middle, 5)
        row.addWidget(self.saturations, 5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 2, 8, 8)
        self._body = QStackedWidget()
        for page in (sample, self.layer, self.confusion, self.compare):
            self._body.addWidget(page)
        layout.setSpacing(4)
        layout.addLayout(first)
        layout.addLayout(top)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self._body, 1)

    def show_state(self, state: SampleState) -> None:
        """Show another sample, or what to do to see one."""
        self._state = state
        self._hint.set_text(state.hint, asks_data=state.asks_data)
        self._hint.setVisible(not state.count)
        self._title.set_text(state.title if state.agrees else f"▾ {state.title}")
        self._show_parts()
        if not state.count:
            return
        self.number.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.number.setRange(1, state.count)
        self.number.setValue(state.number + 1)
        self.number.blockSignals(False)  # noqa: FBT003 - Qt's signature
        self._count.setText(f"of {whole(state.count)}")
        self._about.set_text(state.about)
        self.input.show_state(state)
        self.outputs.show_pairs(state.outputs)
        self._list(state)

    @property
    def page(self) -> Page:
        """The page in front."""
        return tuple(Page)[self.pages.currentIndex()]

    def show_page(self, page: Page) -> None:
        """Bring a page to the front."""
        self.pages.setCurrentIndex(tuple(Page).index(page))

    def title_text(self) -> str:
        """What both networks say."""
        return self._title.text()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self.legend.set_colours(colours)
        self.input.set_colours(colours)
        self.outputs.set_colours(colours)
        for page in (self.layer, self.confusion, self.compare):
            page.set_colours(colours)

    def dispose(self) -> None:
        """Take the plots apart."""
        self.input.dispose()
        self.outputs.dispose()

    def _turn(self, page: Page) -> None:
        self._body.setCurrentIndex(tuple(Page).index(page))
        self._show_parts()
        self.page_chosen.emit(page)

    def _show_parts(self) -> None:
        """What belongs to the page in front, as far as there are samples."""
        there, page = bool(self._state.count), self.page
        self._body.setVisible(there)
        self.pages.setVisible(there)
        of_one = there and page in (Page.SAMPLE, Page.LAYER)
        for part in (self.earlier, self.number, self.later, self._count):
            part.setVisible(of_one)
        self._title.setVisible(there and page is Page.SAMPLE)
        self.verify_button.setVisible(there and page is Page.SAMPLE)
        self.layer.header.setVisible(there and page is Page.LAYER)
        self.confusion.header.setVisible(there and page is Page.CONFUSION)

    def _list(self, state: SampleState) -> None:
        while self.saturations.topLevelItemCount() > len(state.saturations):
            self.saturations.takeTopLevelItem(self.saturations.topLevelItemCount() - 1)
        while self.saturations.topLevelItemCount() < len(state.saturations):
            self.saturations.addTopLevelItem(QTreeWidgetItem())
        for place, held in enumerate(state.saturations):
            item = self.saturations.topLevelItem(place)
            if item is None:
                continue
            for column, text in enumerate((held.name, saturation_text(held))):
                item.setText(column, text)
            item.setTextAlignment(1, RIGHT)

    def _choose(self, item: QTreeWidgetItem) -> None:
        place = self.saturations.indexOfTopLevelItem(item)
        if 0 <= place < len(self._state.saturations):
            self.layer_chosen.emit(self._state.saturations[place].key)
