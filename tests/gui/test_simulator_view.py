"""The simulator pane: a sample is chosen, both networks answer."""

from tinyml_studio.app.examples import find_example
from tinyml_studio.gui.theme import DARK, LIGHT


def open_simulator(person, example="digits"):
    person.open_example(example)
    person.window.show_pane("simulator")
    person.wait()
    return person.window.board["simulator"].view


def test_a_sample_is_shown_and_stepped_through(person):
    pane = open_simulator(person)
    assert pane.input.currentWidget() is pane.input.picture
    first = pane.title_text()
    assert "integers say" in first
    titles = {first}
    for _ in range(3):
        pane.later.click()
        person.wait()
        titles.add(pane.title_text())
    assert pane.number.value() == 4
    assert len(titles) > 1
    pane.earlier.click()
    person.wait()
    assert pane.number.value() == 3


def test_waves_are_drawn_as_waves(person):
    pane = open_simulator(person, "motion")
    assert pane.input.currentWidget() is pane.input.waves
    for colours in (DARK, LIGHT):
        pane.set_colours(colours)
        assert not pane.grab().isNull()


def test_an_edit_runs_the_sample_again(person, window):
    pane = open_simulator(person)
    before = pane.title_text()
    window.workspace.edits.set_range(window.workspace.studio.layers[1].name, (0.0, 0.1))
    person.wait()
    assert pane.title_text() != before
    counts = [pane.saturations.topLevelItem(n).text(1) for n in range(10)]
    assert counts[0] != "0"
    pane.saturations.itemClicked.emit(pane.saturations.topLevelItem(4), 0)
    person.wait()
    assert window.workspace.selected == window.workspace.studio.layers[5].name


def test_the_pointer_reads_out_an_output(person):
    pane = open_simulator(person)
    pane.outputs.hovered.emit(2.1, 0.0)
    assert pane._readout.text().startswith("output 2: float")
    pane.outputs.hovered.emit(float("nan"), 0.0)
    assert pane._readout.text() == ""


def test_without_samples_the_pane_says_what_to_do(person, window):
    window.commands.open_path(find_example("digits").model)
    person.wait()
    window.show_pane("simulator")
    person.wait()
    assert "Ctrl+D" in window.board["simulator"].view._hint.text()
    assert not window.board["simulator"].view.number.isVisible()
