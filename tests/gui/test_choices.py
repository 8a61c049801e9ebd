"""Ranges, methods and scales, chosen in the distributions pane and in the table's menu."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from tinyml_studio.quantize.scheme import Granularity, RangeMethod


def manual(window):
    return dict(window.workspace.studio.document.scheme.ranges)


def drag(window, low, high):
    handles = window.board["distributions"].view.activations.plot._handles
    for line, place in zip(handles.lines, (low, high), strict=True):
        line.setValue(place)
        line.sigDragged.emit(line)
    handles.lines[1].sigPositionChangeFinished.emit(handles.lines[1])


def test_dragging_the_range_previews_then_is_one_step(person, window):
    person.open_example()
    person.go_to(1, 0)
    studio = window.workspace.studio
    section = window.board["distributions"].view.activations
    before = section.facts.text()
    drag(window, 0.0, 2.0)
    assert "dB" in section.facts.text()
    assert section.facts.text() != before
    assert not section.reset_button.isVisible()
    person.wait()
    assert list(manual(window).values()) == [(0.0, 2.0)]
    assert studio.history.position == 1
    assert section.reset_button.isVisible()
    assert abs(section.plot._handles.ends[1] - 2.0) < 0.02
    section.reset_button.click()
    person.wait()
    assert manual(window) == {}
    person.trigger("edit.undo")
    assert list(manual(window).values()) == [(0.0, 2.0)]
    person.trigger("edit.undo")
    assert section.facts.text() == before


def test_a_release_where_it_began_is_no_step(person, window):
    person.open_example()
    handles = window.board["distributions"].view.activations.plot._handles
    handles.lines[0].sigPositionChangeFinished.emit(handles.lines[0])
    person.wait()
    assert not window.workspace.studio.can_undo


def test_the_ends_cannot_be_dragged_past_zero(person, window):
    person.open_example()
    handles = window.board["distributions"].view.activations.plot._handles
    handles.lines[1].setValue(-5.0)
    assert handles.ends[1] == 0.0


def test_method_and_scales_of_the_layer_are_chosen_in_the_pane(person, window):
    person.open_example()
    pane, name = window.board["distributions"].view, window.workspace.selected
    pane.method_box.activated.emit(2)
    person.wait()
    pane.granularity_box.activated.emit(1)
    person.wait()
    held = window.workspace.studio.document.scheme.of(name)
    assert held.range_method is RangeMethod.MSE
    assert held.granularity is Granularity.TENSOR
    assert pane.method_box.currentText() == "Least squares"
    assert window.workspace.studio.history.position == 2


def test_every_layer_is_chosen_in_the_menu_those_with_their_own_choice_too(person, window):
    person.open_example()
    person.go_to(1, 6)
    person.type("4")
    menu = window.board["layers"].view.selection_menu()
    everything = next(a.menu() for a in menu.actions() if a.text() == "Every Layer")
    methods = next(a.menu() for a in everything.actions() if a.text() == "Range Method")
    next(a for a in methods.actions() if a.text() == "Percentile").trigger()
    person.wait()
    scheme = window.workspace.studio.document.scheme
    rows = window.workspace.studio.layers
    assert {scheme.of(row.name).range_method for row in rows} == {RangeMethod.PERCENTILE}
    assert scheme.of(rows[1].name).weight_bits == 4
    assert window.workspace.studio.undo_name == "every layer → percentile"
    menu.deleteLater()


def test_a_click_shows_one_channel_and_another_layer_all_again(person, window):
    person.open_example()
    person.go_to(1, 0)
    pane = window.board["distributions"].view
    pane.channels.plot.pressed.emit(3.1, 0.0)
    assert pane.weights.title.text() == "Weights of channel 3"
    pane.channels.plot.hovered.emit(3.0, 0.0)
    assert pane.channels.note.text().startswith("channel 3:")
    pane.channels.plot.pressed.emit(3.1, 0.0)
    assert pane.weights.title.text() == "Weights"
    pane.channels.plot.pressed.emit(2.0, 0.0)
    person.go_to(2, 0)
    assert pane.weights.title.text() == "Weights"


def test_an_input_has_a_range_and_no_channels(person, window):
    person.open_example()
    person.go_to(0, 0)
    assert not window.board["distributions"].view.channels.isVisible()
    assert window.board["distributions"].view.activations.plot._handles.lines[0].isVisible()


def send(widget, kind, place, *, held):
    """A mouse event with the left button down or up."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind is QEvent.Type.MouseMove else left
    event = QMouseEvent(
        kind,
        QPointF(place),
        widget.mapToGlobal(QPointF(place)),
        button,
        left if held else none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


def test_the_mouse_drags_an_end(person, window, qtbot):
    person.open_example()
    person.go_to(1, 0)
    plot = window.board["distributions"].view.activations.plot
    viewport, kinds = plot.widget.viewport(), QEvent.Type
    low, high = plot._handles.ends

    def pixel(x):
        return plot.widget.mapFromScene(plot.box.mapViewToScene(QPointF(x, plot._curve.top / 3)))

    start, goal = pixel(high) - QPoint(1, 0), pixel(high * 0.6)
    send(viewport, kinds.MouseMove, start, held=False)
    send(viewport, kinds.MouseButtonPress, start, held=True)
    for part in range(1, 7):
        qtbot.wait(25)
        send(viewport, kinds.MouseMove, start + (goal - start) * (part / 6), held=True)
    assert plot._handles.is_dragged
    assert "dB" in window.board["distributions"].view.activations.facts.text()
    assert manual(window) == {}
    send(viewport, kinds.MouseButtonRelease, goal, held=False)
    person.wait()
    ((first, last),) = manual(window).values()
    assert abs(last - 0.6 * high) < 0.05 * high
    assert first == low
    assert window.workspace.studio.history.position == 1
