"""The range of the weights, dragged over their histogram; what was before stays as an outline."""

import pytest


def drag_weights(window, line, place):
    handles = window.board["distributions"].view.weights.plot._handles
    held = handles.lines[line]
    held.setValue(place)
    held.sigDragged.emit(held)
    held.sigPositionChangeFinished.emit(held)


@pytest.mark.parametrize("line", [0, 1])
def test_both_ends_move_together_and_become_one_step(person, window, line):
    person.open_example()
    person.go_to(1, 0)
    studio, view = window.workspace.studio, window.board["distributions"].view
    section, layer = view.weights, window.workspace.selected
    low, high = section.plot._handles.ends
    assert not section.reset_button.isVisible()
    drag_weights(window, line, (low, high)[line] / 2)
    low_now, high_now = section.plot._handles.ends
    assert low_now == -high_now
    assert "dB" in section.facts.text()
    person.wait()
    assert studio.document.scheme.weight_reach[layer] == pytest.approx(0.5, abs=0.01)
    assert studio.history.position == 1
    assert section.plot._before.isVisible()
    section.reset_button.click()
    person.wait()
    assert not studio.document.scheme.weight_reach
    person.trigger("edit.undo")
    person.trigger("edit.undo")
    assert section.plot._handles.ends[1] == pytest.approx(high)


def test_one_channel_is_dragged_for_all_of_them(person, window):
    person.open_example()
    person.go_to(1, 0)
    view, layer = window.board["distributions"].view, window.workspace.selected
    view.channels.plot.pressed.emit(3.0, 0.0)
    high = view.weights.plot._handles.ends[1]
    drag_weights(window, 1, high / 4)
    person.wait()
    reach = window.workspace.studio.document.scheme.weight_reach
    assert reach[layer] == pytest.approx(0.25, abs=0.01)


def test_another_layer_has_nothing_before(person, window):
    person.open_example()
    person.go_to(1, 0)
    drag_weights(window, 1, 0.05)
    person.wait()
    person.go_to(2, 0)
    assert not window.board["distributions"].view.weights.plot._before.isVisible()
