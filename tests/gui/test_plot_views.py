import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from tinyml_studio.gui.states.causes import CauseBar
from tinyml_studio.gui.states.channels import channel_strip
from tinyml_studio.gui.states.errors import ErrorBar, ErrorState, Metric
from tinyml_studio.gui.states.histograms import weight_histogram
from tinyml_studio.gui.states.layer_distribution import DistributionState
from tinyml_studio.gui.states.summary import Fact, Headline, SummaryState, fitting
from tinyml_studio.gui.theme import DARK, LIGHT
from tinyml_studio.gui.views.distributions_view import DistributionsView
from tinyml_studio.gui.views.error_view import ErrorView
from tinyml_studio.gui.views.summary_view import SummaryView
from tinyml_studio.gui.widgets.plots import MOST_SMOOTH, bars

BARS = tuple(ErrorBar(f"layer/{n}", f"layer_{n}", 40.0 - n, 30.0 - 3 * n) for n in range(12))
WEIGHTS = weight_histogram(np.linspace(-1, 1, 400, dtype=np.float32).reshape(4, -1), None)


def shown(view_type, qtbot, theme):
    view = view_type()
    qtbot.addWidget(view)
    view.set_colours(theme.colours)
    view.resize(700, 420)
    view.show()
    qtbot.waitExposed(view)
    return view


class LayoutRequests(QObject):
    """Counts how often a widget was asked to lay itself out anew."""

    def __init__(self, widget):
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):  # noqa: N802 - Qt's name
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def errors(qtbot, theme):
    view = shown(ErrorView, qtbot, theme)
    yield view
    view.dispose()


@pytest.fixture
def distributions(qtbot, theme):
    view = shown(DistributionsView, qtbot, theme)
    yield view
    view.dispose()


def test_clicking_a_bar_tells_its_layer(errors, qtbot):
    errors.show_state(ErrorState(Metric.SQNR, BARS))
    with qtbot.waitSignal(errors.layer_chosen) as told:
        errors.plot.pressed.emit(3.2, 1.0)
    assert told.args == ["layer/3"]


def test_a_mouse_click_lands_on_the_bar_under_it(errors, qtbot):
    errors.show_state(ErrorState(Metric.SQNR, BARS))
    errors.grab()
    plot = errors.plot
    place = plot.widget.mapFromScene(plot.box.mapViewToScene(QPointF(5.0, 10.0)))
    with qtbot.waitSignal(errors.layer_chosen) as told:
        qtbot.mouseClick(plot.widget.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == ["layer/5"]


def test_clicking_beside_the_bars_tells_nothing(errors, qtbot):
    errors.show_state(ErrorState(Metric.SQNR, BARS))
    with qtbot.assertNotEmitted(errors.layer_chosen):
        errors.plot.pressed.emit(40.0, 1.0)
        errors.plot.pressed.emit(math.nan, 1.0)


def test_the_pointer_reads_out_both_figures(errors):
    errors.show_state(ErrorState(Metric.SQNR, BARS))
    errors.plot.hovered.emit(2.0, 0.0)
    assert errors.readout_text() == "layer_2 · alone 38.0 dB · so far 24.0 dB"
    errors.plot.hovered.emit(math.nan, math.nan)
    assert errors.readout_text() == ""


def test_a_pointer_that_leaves_in_one_leap_reads_out_nothing(errors):
    errors.show_state(ErrorState(Metric.SQNR, BARS))
    errors.plot.hovered.emit(2.0, 0.0)
    QApplication.sendEvent(errors.plot, QEvent(QEvent.Type.Leave))
    assert errors.readout_text() == ""


def test_a_metric_is_chosen_from_the_list(errors, qtbot):
    errors.show_state(ErrorState(Metric.SQNR, BARS))
    with qtbot.waitSignal(errors.metric_chosen) as told:
        errors.metric_box.activated.emit(2)
    assert told.args == [Metric.COSINE]


@pytest.mark.parametrize("metric", list(Metric))
def test_every_metric_and_theme_is_drawn(errors, metric):
    for colours in (DARK, LIGHT):
        errors.set_colours(colours)
        errors.show_state(ErrorState(metric, BARS, "layer/2"))
        assert not errors.grab().isNull()


def test_the_chart_survives_an_error_and_an_empty_document(errors):
    errors.show_state(ErrorState(hint="No <b>data</b> yet"))
    assert errors.hint_text() == "No <b>data</b> yet"
    assert not errors.plot.isVisible()
    errors.show_state(ErrorState())
    errors.show_state(ErrorState(Metric.MSE, (ErrorBar("a", "a", math.nan, math.inf),)))
    errors.grab()


CAUSES = (CauseBar("layer/0", "layer_0", (0.5, 0.1, 0.2, 0.0, 0.2)), CauseBar("layer/1", "none"))


def test_the_split_takes_the_place_of_the_errors(errors, qtbot):
    errors.show_state(ErrorState(Metric.SQNR, BARS, causes=CAUSES, selected="layer/0"))
    assert errors.causes.isVisible()
    assert not errors.plot.isVisible()
    assert not errors.metric_box.isEnabled()
    errors.causes.hovered.emit(0.0, 0.5)
    assert errors.readout_text().startswith("layer_0 · rounding 50 %, clipping 10 %")
    errors.causes.hovered.emit(1.0, 0.5)
    assert "no error of its own" in errors.readout_text()
    with qtbot.waitSignal(errors.layer_chosen) as told:
        errors.causes.pressed.emit(0.1, 0.5)
    assert told.args == ["layer/0"]
    assert len(errors.causes.table().rows) == 2
    assert not errors.grab().isNull()


def test_a_note_stands_where_nothing_is_pointed_at(errors):
    errors.show_state(ErrorState(Metric.SQNR, BARS, note="following"))
    assert errors.readout_text() == "following"
    errors.plot.hovered.emit(2.0, 0.0)
    assert errors.readout_text().startswith("layer_2")
    errors.plot.hovered.emit(math.nan, math.nan)
    assert errors.readout_text() == "following"
    errors.show_state(ErrorState(hint="No data"))
    assert errors.readout_text() == ""


def test_shows_the_selected_layer(distributions):
    distributions.show_state(DistributionState("conv", "Conv 3×3 · a8", WEIGHTS))
    assert distributions.name_text() == "conv"
    assert distributions.weights.isVisible()
    assert not distributions.activations.isVisible()


def test_the_log_axis_is_told_and_drawn(distributions, qtbot):
    distributions.show_state(DistributionState("conv", "", WEIGHTS, WEIGHTS))
    with qtbot.waitSignal(distributions.log_chosen) as told:
        distributions.log_box.click()
    assert told.args == [True]
    distributions.grab()


def test_distributions_survive_an_error_and_an_empty_document(distributions):
    distributions.show_state(DistributionState(hint="Choose a layer"))
    assert not distributions.weights.isVisible()
    empty = weight_histogram(np.zeros((0, 2), np.float32), None)
    distributions.show_state(DistributionState("x" * 10_000, "<b>", empty, WEIGHTS))
    distributions.grab()


def test_the_strip_drops_the_least_important_facts_first(qtbot, theme):
    view = shown(SummaryView, qtbot, theme)
    facts = (Fact("Layers", "17", rank=3), Fact("Accuracy", "85.2 %"))
    view.show_state(SummaryState(facts))
    view.resize(600, 50)
    assert view.facts() == {"Layers": "17", "Accuracy": "85.2 %"}
    view.resize(190, 50)
    assert view.facts() == {"Accuracy": "85.2 %"}


def test_fitting_keeps_what_must_stay():
    facts = (Fact("a", "1", rank=2), Fact("b", "2"))
    assert fitting(facts, (50, 50), 100) == (True, True)
    assert fitting(facts, (50, 50), 99) == (False, True)
    assert fitting(facts, (50, 50), 10) == (False, True)


def test_a_click_on_the_headline_tells_its_layer(qtbot, theme):
    view = shown(SummaryView, qtbot, theme)
    view.show_state(SummaryState(headline=Headline("▾ it suffers most", "true/name")))
    with qtbot.waitSignal(view.layer_chosen) as told:
        qtbot.mouseClick(view.headline, Qt.MouseButton.LeftButton)
    assert told.args == ["true/name"]
    view.show_state(SummaryState())
    assert not view.headline.isVisible()


def test_another_headline_does_not_lay_the_window_out_anew(qtbot, theme):
    view = shown(SummaryView, qtbot, theme)
    view.show_state(SummaryState(headline=Headline("▾ one")))
    QApplication.processEvents()
    asked = LayoutRequests(view)
    view.show_state(SummaryState(headline=Headline("✓ a much longer sentence than that of before")))
    QApplication.processEvents()
    assert asked.count == 0
    view.show_state(SummaryState())
    QApplication.processEvents()
    assert asked.count > 0


@pytest.mark.parametrize(("height", "has_strip"), [(505, True), (440, False)])
def test_no_axis_is_cut_where_room_is_scarce(distributions, height, has_strip):
    weights = np.linspace(-1, 1, 400, dtype=np.float32).reshape(4, -1)
    strip = channel_strip(weights, None, None)
    facts = replace(WEIGHTS, facts="int8 · 0.0 % clipped · zero point 0 · scale 0.000449 … 0.00105")
    distributions.show_state(DistributionState("conv", "Conv 3×3", facts, facts, strip=strip))
    distributions.resize(350, height)
    QApplication.processEvents()
    assert distributions.channels.isVisible() == has_strip
    bottom = 0
    for section in (distributions.weights, distributions.channels, distributions.activations):
        if section.isVisible():
            assert section.geometry().top() >= bottom
            bottom = section.geometry().bottom()
            assert section.plot.geometry().bottom() <= section.height()
    assert bottom <= distributions.height()


@pytest.mark.parametrize("count", [MOST_SMOOTH, MOST_SMOOTH + 1])
def test_a_great_many_bars_have_no_smooth_edges(qapp, count):
    item, image = bars(), QImage(40, 40, QImage.Format.Format_RGB32)
    item.setOpts(x=np.arange(count), height=np.ones(count), width=0.5)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    item.paint(painter, None, None)
    assert painter.testRenderHint(QPainter.RenderHint.Antialiasing) == (count <= MOST_SMOOTH)
    painter.end()
