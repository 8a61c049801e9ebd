"""The error pane: what arrives follows an edit, the split is chosen, errors of a run are told."""

from tinyml_studio.errors import StudioError
from tinyml_studio.gui.states.errors import Metric


def settle(person, window):
    pane = window.board["error"]
    person.wait()
    person.qtbot.waitUntil(lambda: not pane._is_missing(), timeout=20_000)
    person.wait()
    return pane


def arrived(window):
    return {bar.key: bar.amplified for bar in window.board["error"].view.plot._state.bars}


def test_what_arrives_is_that_of_the_document(person, window):
    person.open_example()
    settle(person, window)
    layer = window.workspace.studio.layers[1].name
    before = arrived(window)[layer]
    assert before is not None
    pause = window.board["error"]._pause
    usual = pause.interval()
    pause.setInterval(600_000)
    person.go_to(1, 6)
    person.type("2")
    shown = window.board["error"].view.plot._state
    assert shown.is_old
    assert shown.has_amplified
    pause.start(usual)
    settle(person, window)
    assert not window.board["error"].view.plot._state.is_old
    assert arrived(window)[layer] < before - 6
    person.trigger("edit.undo")
    settle(person, window)
    assert arrived(window)[layer] == before


def test_every_metric_is_measured_in_all_three_ways(person, window):
    person.open_example()
    pane = settle(person, window)
    for place, metric in enumerate(Metric):
        pane.view.metric_box.activated.emit(place)
        shown = pane.view.plot._state
        assert shown.metric is metric
        bar = shown.bars[2]
        assert None not in (bar.isolated, bar.cumulative, bar.amplified)


def test_the_causes_are_shown_and_a_click_selects(person, window):
    person.open_example()
    pane = settle(person, window)
    pane.view.causes_button.click()
    bars = pane.view.causes._bars
    assert [bar.key for bar in bars] == [row.name for row in window.workspace.studio.layers]
    assert abs(sum(bars[3].shares) - 1.0) < 1e-9
    pane.view.causes.pressed.emit(3.0, 0.5)
    assert window.workspace.selected == bars[3].key
    pane.view.causes_button.click()
    assert pane.view.plot.isVisible()


def test_a_network_that_cannot_be_followed_says_why_once(person, window, monkeypatch):
    def fail(*_, **__):
        raise StudioError("no memory")

    monkeypatch.setattr("tinyml_studio.app.amplified.Amplifier.measure", fail)
    person.open_example()
    pane = settle(person, window)
    assert "no memory" in pane.view.readout_text()
    assert pane.view.plot.isVisible()
    assert not person.dialogs


def test_nothing_is_followed_while_nobody_looks(person, window):
    person.open_example()
    settle(person, window)
    window.docks["error"].close()
    person.go_to(1, 6)
    person.type("4")
    pane = window.board["error"]
    assert not pane._pause.isActive()
    assert pane._known() is None


def test_another_model_forgets_what_arrived(person, window):
    person.open_example()
    settle(person, window)
    person.stay_busy()  # else a slow machine follows the other model before it is looked at
    window.commands.open_example("motion")
    person.wait()
    assert window.board["error"]._carried is None


def test_of_a_long_network_a_part_is_followed_and_that_is_said(person, window, monkeypatch):
    monkeypatch.setattr("tinyml_studio.app.amplified.MOST_FOLLOWED", 4)
    person.open_example()
    pane = settle(person, window)
    assert pane.view.readout_text().startswith("4 of 11 layers followed to the output")
    assert sum(value is not None for value in arrived(window).values()) == 4


def test_it_says_how_far_it_is(person, window, monkeypatch):
    monkeypatch.setattr("tinyml_studio.gui.panes.error.TOLD_SECONDS", 0.0)
    pane, told = window.board["error"], []
    pane._followed.connect(lambda *_: told.append(pane.view.readout_text()))
    person.open_example()
    settle(person, window)
    assert any("of 11" in text for text in told)
    assert pane.view.readout_text() == ""
