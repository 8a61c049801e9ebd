"""Charts are saved as pictures and as figures."""

import pytest
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer

from tinyml_studio.errors import ExportError
from tinyml_studio.gui.widgets import chart_menu


def charts(window):
    return {
        "error": window.board["error"].view.plot,
        "weights": window.board["distributions"].view.weights.plot,
        "channels": window.board["distributions"].view.channels.plot,
        "activations": window.board["distributions"].view.activations.plot,
        "outputs": window.board["simulator"].view.outputs,
        "graph": window.board["graph"].view.canvas,
    }


def test_every_chart_is_saved_in_every_form(person, window, tmp_path):
    person.open_example()
    for name in ("graph", "simulator", "error"):
        window.show_pane(name)
        person.wait()
    for name, chart in charts(window).items():
        for suffix in chart_menu.KINDS:
            chart.chart_menu.save(tmp_path / f"{name}{suffix}")
        picture = QImage(str(tmp_path / f"{name}.png"))
        assert picture.width() > 100, name
        rows = [picture.height() * part // 4 for part in (1, 2, 3)]
        colours = {picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in rows}
        assert len(colours) > 1, name
        drawing = QSvgRenderer(str(tmp_path / f"{name}.svg"))
        assert drawing.isValid(), name
        assert (tmp_path / f"{name}.svg").read_text().count("<") > 20, name
        lines = (tmp_path / f"{name}.csv").read_text().splitlines()
        assert len(lines) > 5, name


def test_the_menu_asks_where_and_writes(person, window, tmp_path, monkeypatch):
    person.open_example()
    asked = []

    def answer(_, suggestion, suffix):
        asked.append((suggestion, suffix))
        return tmp_path / "mine.csv"

    monkeypatch.setattr(chart_menu, "ask_chart", answer)
    menu = window.board["error"].view.plot.chart_menu.menu()
    actions = menu.actions()
    assert actions[0].text() == "Save as Picture (PNG)…"
    actions[2].trigger()
    menu.deleteLater()
    assert asked == [("error-SQNR.csv", ".csv")]
    assert (tmp_path / "mine.csv").read_text().startswith("layer,")


def test_an_empty_chart_and_a_folder_that_is_not_there_are_refused(person, window, tmp_path):
    with pytest.raises(ExportError, match="nothing"):
        window.board["error"].view.plot.chart_menu.save(tmp_path / "a.png")
    menu = window.board["error"].view.plot.chart_menu.menu()
    assert not any(action.isEnabled() for action in menu.actions())
    menu.deleteLater()
    person.open_example()
    with pytest.raises(ExportError, match="cannot be written"):
        window.board["error"].view.plot.chart_menu.save(tmp_path / "no" / "a.png")


def test_the_name_gets_its_ending(monkeypatch, tmp_path):
    dialog = chart_menu.QFileDialog
    monkeypatch.setattr(dialog, "getSaveFileName", lambda *_: (str(tmp_path / "x"), ""))
    assert chart_menu.ask_chart(None, "s", ".svg").name == "x.svg"
