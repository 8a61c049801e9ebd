"""What is said when there is little room, and when a page is empty."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtWidgets import QTreeWidgetItem

from tinyml_studio.gui.states.advice import AdviceLine, AdviceState, Mark, RemedyLine
from tinyml_studio.gui.states.budget import Gauge, Quantity
from tinyml_studio.gui.states.code import CodeState
from tinyml_studio.gui.states.comparison import CompareState
from tinyml_studio.gui.states.confusion import ConfusionState
from tinyml_studio.gui.states.drawing import share_ticks
from tinyml_studio.gui.states.errors import ErrorBar, ErrorState, Metric
from tinyml_studio.gui.states.verification import VerificationState
from tinyml_studio.gui.theme import LIGHT
from tinyml_studio.gui.views.advice_view import AdviceView
from tinyml_studio.gui.views.code_view import NARROW, CodeView
from tinyml_studio.gui.views.error_view import ErrorView
from tinyml_studio.gui.views.verify_view import VerifyView
from tinyml_studio.gui.widgets.compare_page import ComparePage
from tinyml_studio.gui.widgets.confusion_page import ConfusionPage
from tinyml_studio.gui.widgets.gauge import GaugeRow
from tinyml_studio.gui.widgets.invitation import Invitation
from tinyml_studio.gui.widgets.matrix import Matrix

COUNTS = np.full((10, 10), 7)
NAMES = tuple("0123456789")


def shown(qtbot, widget, width, height):
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.mark.parametrize("width", [300, 420])
def test_a_remedy_is_as_high_as_its_words(qtbot, theme, width):
    view = shown(qtbot, AdviceView(), width, 300)
    text = "one scale per channel: +1.23 kB, +123 k cycles, +2.05 kB RAM"
    lines = (AdviceLine("a", Mark.LIMIT, "a", "", (RemedyLine(text, "+12.3 dB", ""),)),)
    view.show_state(AdviceState(lines))
    item = view.list.topLevelItem(0).child(0)
    needed = view.list.fontMetrics().horizontalAdvance(text) / view.list.columnWidth(0)
    qtbot.waitUntil(
        lambda: (
            view.list.visualItemRect(item).height()
            >= int(np.ceil(needed)) * view.list.fontMetrics().height()
        )
    )
    assert needed > 1


def test_the_name_of_a_section_has_the_room_of_the_lengths(qtbot, theme):
    view = shown(qtbot, CodeView(), NARROW - 100, 300)
    view.show_state(CodeState(text="/* */\n"))
    item = QTreeWidgetItem(["1 DepthwiseConv2D block depthwise Conv and so on", "1 B", "2 B"])
    view.sections.addTopLevelItem(item)
    assert view.sections.isColumnHidden(2)
    two_lines = 2 * view.sections.fontMetrics().height()
    qtbot.waitUntil(lambda: view.sections.visualItemRect(item).height() >= two_lines)
    view.resize(NARROW + 100, 300)
    qtbot.waitUntil(lambda: not view.sections.isColumnHidden(2))


@pytest.mark.parametrize("width", [600, 1400])
def test_the_text_of_a_header_has_more_room_than_its_sections(qtbot, theme, width):
    view = shown(qtbot, CodeView(), width, 300)
    view.show_state(CodeState(text="/* */\n"))
    qtbot.waitUntil(lambda: view.text.width() > 1.5 * view.sections.width())


def test_a_verdict_is_never_cut(qtbot, theme):
    row = shown(qtbot, GaugeRow(Quantity.LATENCY), 180, 80)
    row.show_gauge(Gauge(Quantity.LATENCY, value="123.4 ms", verdict="▾ 113.4 ms over"))
    for width in (180, 400, 180):
        row.resize(width, 80)
        qtbot.waitUntil(lambda: row.note.width() >= row.note.sizeHint().width())
        assert not row.note.geometry().intersects(row.value.geometry())


@pytest.mark.parametrize("height", [125, 240])
def test_low_rows_have_their_counts(qtbot, theme, height):
    pictures = []
    for counts in (COUNTS, COUNTS + 1):  # the same shades, other figures
        matrix = shown(qtbot, Matrix(), 420, height)
        matrix.set_colours(LIGHT)
        matrix.show_state(ConfusionState(counts=counts, names=NAMES))
        pictures.append(matrix.grab().toImage())
    assert pictures[0] != pictures[1]


def empty_verify():
    view = VerifyView()
    return view, view.verify_button, lambda hint: view.show_state(VerificationState(hint=hint))


def empty_set():
    page = ConfusionPage()
    full = ConfusionState(counts=COUNTS, names=NAMES)
    return (
        page,
        page.run_button,
        lambda hint: page.show_state(ConfusionState(hint=hint) if hint else full),
    )


def empty_comparison():
    page = ComparePage()
    return page, page.compare_button, lambda hint: page.show_state(CompareState(hint=hint))


@pytest.mark.parametrize("make", [empty_verify, empty_set, empty_comparison])
def test_an_empty_page_has_its_button_below_the_hint(qtbot, theme, make):
    view, button, tell = make()
    if make is empty_set:
        qtbot.addWidget(view.header)
    shown(qtbot, view, 620, 260)
    (invitation,) = view.findChildren(Invitation)
    tell("Press it")
    qtbot.waitUntil(lambda: invitation.isAncestorOf(button) and button.isVisible())
    assert not button.isHidden()
    tell("")
    assert not invitation.isAncestorOf(button)
    assert not invitation.isVisible()
    assert not button.isHidden()
    tell("Press it")
    qtbot.waitUntil(lambda: invitation.isAncestorOf(button) and button.isVisible())


def errors_of(*names):
    bars = tuple(ErrorBar(name, name, 30.0, 20.0, 25.0) for name in names)
    return ErrorState(Metric.SQNR, bars)


def test_legends_give_way_before_the_window_grows(qtbot, theme):
    view = shown(qtbot, ErrorView(), 900, 260)
    view.show_state(errors_of("a", "b"))
    legends = (view.legend, view.arriving, view.suspect)
    assert view.minimumSizeHint().width() < 420
    qtbot.waitUntil(lambda: all(legend.isVisible() for legend in legends))
    view.resize(480, 260)
    qtbot.waitUntil(lambda: not view.suspect.isVisible())
    assert view.legend.isVisible()
    assert view.legend.geometry().right() < view.arriving.x()
    view.dispose()


def test_no_dock_lies_over_another(person, window):
    window.resize(1200, 760)
    person.open_example()
    window.reset_layout()
    window.show_pane("error")
    person.wait()
    docks = [dock for dock in window.docks.values() if not dock.visibleRegion().isEmpty()]
    for one, other in combinations(docks, 2):
        assert not one.geometry().intersects(other.geometry())
        assert one.width() >= one.minimumSizeHint().width()


def test_the_marks_of_a_range_and_the_figures_of_the_axis_are_whole(person, window):
    person.open_example()
    person.go_to(1, 0)
    view = window.board["distributions"].view
    for plot in (view.weights.plot, view.activations.plot):
        low, high = plot.box.viewRange()[0]
        pixel = (high - low) / plot.room()[0]
        assert (high - plot._handles.ends[1]) / pixel >= 7
        assert (plot._handles.ends[0] - low) / pixel >= 7
        top = plot.box.viewRange()[1][1]
        figures = [place for place, _ in share_ticks(plot._curve)]
        assert (top - figures[-1]) / top * plot.room()[1] >= 7


def test_what_is_pointed_at_has_the_room_of_the_legends(qtbot, theme):
    view = shown(qtbot, ErrorView(), 620, 260)
    view.show_state(errors_of("a", "b"))
    qtbot.waitUntil(view.legend.isVisible)
    about = "conv2d_2 · alone 29.7 dB · so far 27.6 dB · at the output 34.9 dB"
    view.plot.readout.emit(about)
    readout = view._readout
    qtbot.waitUntil(lambda: readout.width() >= readout.sizeHint().width())
    told = "conv2d_2 · alone 29.7 dB · so far 27.6 dB · at the output 34.9 dB"
    assert view.readout_text() == told
    view.plot.readout.emit("")
    qtbot.waitUntil(view.legend.isVisible)
    view.dispose()
