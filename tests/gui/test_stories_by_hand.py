"""What people do with mouse and menus, from end to end."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt

from tests.gui.test_choices import send
from tinyml_studio.app.examples import find_example
from tinyml_studio.app.studio import Studio
from tinyml_studio.gui.dialogs import files
from tinyml_studio.gui.states.layers import COLUMNS, Column
from tinyml_studio.gui.theme import ThemeChoice

W = list(COLUMNS).index(Column.WEIGHT_BITS)
CUMULATIVE = list(COLUMNS).index(Column.CUMULATIVE)
PLENTY = 20_000


def cell(table, row, column):
    return table.visualRect(table.model().index(row, column)).center()


def test_rows_are_selected_with_a_box_and_become_w4(person, window, qtbot):
    person.open_example()
    table, before = window.board["layers"].view.table, person.bits()
    viewport, kinds = table.viewport(), QEvent.Type
    first, last = cell(table, 1, W), cell(table, 5, W)
    send(viewport, kinds.MouseButtonPress, first, held=True)
    for part in range(1, 5):
        send(viewport, kinds.MouseMove, first + (last - first) * (part / 4), held=True)
    send(viewport, kinds.MouseButtonRelease, last, held=False)
    person.wait()
    assert [row.name for row in table.selected_layers()] == person.cells(1)[1:6]
    person.type("4")
    chosen = [weights for weights, _ in person.bits()]
    for row, (weights, _) in enumerate(before):
        inside = 1 <= row <= 5 and weights is not None
        assert chosen[row] == (4 if inside else weights)
    assert window.workspace.studio.history.position == 1
    person.trigger("edit.undo")
    assert person.bits() == before


def test_rows_are_selected_with_the_keyboard_and_become_w4(person, window, qtbot):
    person.open_example()
    person.go_to(1, W)
    table = window.board["layers"].view.table
    for _ in range(3):
        qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    person.type("4")
    changed = [row for row, (weights, _) in enumerate(person.bits()) if weights == 4]
    assert changed == [row for row in (1, 2, 3, 4) if person.bits()[row][0] is not None]
    assert window.workspace.studio.history.position == 1


@pytest.mark.parametrize("kind", ["weights", "activations"])
def test_a_clipping_range_is_dragged_with_the_mouse(person, window, qtbot, kind):
    person.open_example()
    person.go_to(1, 0)
    studio, before = window.workspace.studio, person.cells(CUMULATIVE)
    section = getattr(window.board["distributions"].view, kind)
    plot, kinds = section.plot, QEvent.Type
    high = plot._handles.ends[1]

    def pixel(x):
        return plot.widget.mapFromScene(plot.box.mapViewToScene(QPointF(x, plot._curve.top / 3)))

    viewport, start, goal = plot.widget.viewport(), pixel(high) - QPoint(1, 0), pixel(high * 0.3)
    send(viewport, kinds.MouseMove, start, held=False)
    send(viewport, kinds.MouseButtonPress, start, held=True)
    for part in range(1, 7):
        qtbot.wait(25)
        send(viewport, kinds.MouseMove, start + (goal - start) * (part / 6), held=True)
    assert "dB" in section.facts.text()
    assert not studio.can_undo
    send(viewport, kinds.MouseButtonRelease, goal, held=False)
    person.wait()
    assert studio.history.position == 1
    assert person.cells(CUMULATIVE) != before
    person.trigger("edit.undo")
    assert person.cells(CUMULATIVE) == before


@pytest.fixture
def plenty(tmp_path):
    """So many samples that calibrating with them can be stopped half way."""
    with np.load(find_example("digits").calibration) as held:
        images = next(iter(held.values()))
    path = tmp_path / "plenty.npy"
    np.save(path, np.resize(images, (PLENTY, *images.shape[1:])))
    return path


def test_a_calibration_is_stopped_half_way_and_begun_again(person, window, qtbot, plenty):
    person.open_example()
    studio, document = window.workspace.studio, window.workspace.studio.document
    figures, runner = person.cells(CUMULATIVE), window.workspace.runner
    seen = []

    def look(_, state):
        seen.append(state)
        if len(seen) == 2:
            window.job_bar.button.click()

    runner.progressed.connect(look)
    window.workspace.runs.calibrate(plenty, None, None)
    person.wait()
    assert len(seen) >= 2
    assert studio.document == document
    assert person.cells(CUMULATIVE) == figures
    runner.progressed.disconnect(look)
    window.workspace.runs.calibrate(plenty, None, None)
    person.wait()
    assert studio.document.calibration.path == plenty
    assert studio.derived.samples.count == PLENTY
    assert not person.dialogs


def test_the_theme_is_switched_in_the_menu_and_everything_follows(person, window):
    person.open_example()
    dark = window.grab().toImage()
    themes = next(
        action.menu()
        for action in window.binding.menus["View"].actions()
        if action.text() == "Theme"
    )
    next(action for action in themes.actions() if action.text() == "Light").trigger()
    person.wait()
    assert window.settings.theme is ThemeChoice.LIGHT
    light = window.grab().toImage()
    corners = [(5, 300), (600, 300), (1190, 790)]
    for x, y in corners:
        assert dark.pixelColor(x, y).lightness() < 100 < light.pixelColor(x, y).lightness()
    assert person.window.board["error"].view.causes.colours is window.theme.colours


def test_a_second_project_takes_the_place_of_the_first(person, window, tmp_path, monkeypatch):
    for name in ("digits", "motion"):
        studio = Studio.open_example(name)
        studio.set_bits(studio.layers[1].name, "w5")
        studio.save(tmp_path / f"{name}.tmls")
    window.commands.open_path(tmp_path / "digits.tmls")
    person.wait()
    first = person.cells(1)
    person.go_to(2, W)
    person.type("3")
    answers = iter([files.Answer.STAY, files.Answer.DISCARD])
    monkeypatch.setattr(files, "ask_save", lambda *_: next(answers))
    window.commands.open_path(tmp_path / "motion.tmls")
    person.wait()
    assert person.cells(1) == first
    window.commands.open_path(tmp_path / "motion.tmls")
    person.wait()
    assert person.cells(1) != first
    assert person.bits()[1][0] == 5
    assert window.windowTitle().startswith("motion.tmls")
    assert not window.isWindowModified()
    assert not window.workspace.studio.can_undo
    assert Studio.open(tmp_path / "digits.tmls").layers[2].weight_bits == 8
    assert [path.name for path in window.settings.recent[:2]] == ["motion.tmls", "digits.tmls"]
