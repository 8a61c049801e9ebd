"""The window is put together in steps, and whole whatever a person does meanwhile."""

from PySide6.QtWidgets import QWidget

from tests.gui import latency
from tinyml_studio.gui.arranger import Arranger


def test_one_step_goes_in_each_event_and_painting_waits_for_the_last(qtbot):
    window, gone = QWidget(), []
    qtbot.addWidget(window)
    arranger = Arranger(window)

    def steps():
        for step in range(3):
            gone.append((step, window.updatesEnabled()))
            yield

    arranger.begin(steps())
    assert gone == [(0, False)]
    qtbot.waitUntil(window.updatesEnabled)
    assert gone == [(step, False) for step in range(3)]


def test_what_is_left_goes_at_once_when_asked(qtbot):
    window, gone = QWidget(), []
    qtbot.addWidget(window)
    arranger = Arranger(window)

    def steps():
        for step in range(3):
            gone.append(step)
            yield

    arranger.begin(steps())
    arranger.finish()
    assert gone == [0, 1, 2]
    qtbot.waitUntil(window.updatesEnabled)
    assert gone == [0, 1, 2]


def test_the_docks_are_shown_one_by_one(window, qtbot, tmp_path, monkeypatch):
    seen = []
    made = window.arranger.begin
    monkeypatch.setattr(window.arranger, "begin", lambda steps: made(counted(steps)))

    def counted(steps):
        for _ in steps:
            seen.append(sum(not dock.isHidden() for dock in window.docks.values()))
            yield

    window.commands.open_path(latency.chain(tmp_path / "net.onnx", 20))
    qtbot.waitUntil(lambda: window.workspace.studio is not None and window.updatesEnabled())
    qtbot.waitUntil(window.workspace.runner.is_idle)
    assert seen == list(range(1, len(window.docks) + 1))


def test_a_pane_that_is_asked_for_meanwhile_stays_in_front(window, qtbot, tmp_path):
    window.workspace.opened.connect(lambda: window.show_pane("code"))
    window.commands.open_path(latency.chain(tmp_path / "net.onnx", 20))
    qtbot.waitUntil(lambda: window.workspace.studio is not None and window.updatesEnabled())
    qtbot.waitUntil(window.workspace.runner.is_idle)
    assert window.board["error"].panel.visibleRegion().isEmpty()
    assert not window.board["code"].panel.visibleRegion().isEmpty()


def test_a_window_that_closes_meanwhile_keeps_its_whole_layout(window, qtbot, tmp_path):
    window.commands.open_path(latency.chain(tmp_path / "net.onnx", 20))
    qtbot.waitUntil(lambda: not window.updatesEnabled())
    assert any(dock.isHidden() for dock in window.docks.values())
    window.close()
    assert {berth.dock.isHidden() == (not berth.is_open) for berth in window.berths} == {True}
