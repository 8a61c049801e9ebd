"""What happens in a pane does not lay the window out anew, and an edit does not flicker."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from tinyml_studio.gui.widgets.island import Island


class Heard(QObject):
    """The events of a kind that an object has been sent."""

    def __init__(self, watched, kind):
        super().__init__(watched)
        self.count, self._kind = 0, kind
        watched.installEventFilter(self)

    def eventFilter(self, watched, event):  # noqa: N802 - Qt's name
        self.count += event.type() == self._kind
        return False


@pytest.fixture
def outside(qtbot):
    """A widget with an island in it, and the label on the island."""
    made, content, label = QWidget(), QWidget(), QLabel("a")
    QVBoxLayout(content).addWidget(label)
    QVBoxLayout(made).addWidget(Island(content))
    qtbot.addWidget(made)
    made.label, made.content = label, content
    label.setMinimumWidth(50)
    made.resize(400, 200)
    made.show()
    qtbot.waitExposed(made)
    settle()
    return made


def settle():
    for _ in range(5):
        QApplication.processEvents()


def test_another_text_does_not_lay_out_what_is_around(outside):
    heard = Heard(outside, QEvent.Type.LayoutRequest)
    outside.label.setText("something else")
    settle()
    assert heard.count == 0
    assert outside.label.text() == "something else"


def test_what_needs_more_room_gets_it(outside):
    heard, before = Heard(outside, QEvent.Type.LayoutRequest), outside.minimumSizeHint()
    outside.label.setMinimumSize(150, 90)
    settle()
    assert heard.count > 0
    assert outside.minimumSizeHint().height() > before.height()
    assert outside.content.height() >= 90


def test_what_came_to_need_more_while_hidden_gets_it_when_shown(outside):
    outside.hide()
    outside.label.setMinimumSize(150, 400)
    outside.show()
    settle()
    assert outside.content.height() >= 400


def test_the_content_has_the_whole_area(outside):
    outside.resize(500, 300)
    settle()
    margins = outside.layout().contentsMargins()
    assert outside.content.width() == 500 - margins.left() - margins.right()


def test_an_edit_leaves_the_tool_bar_and_the_docks_where_they_are(person, window):
    person.open_example()
    layers = [row.name for row in window.workspace.studio.layers if row.weight_bits]
    window.workspace.edits.set_bits((layers[0],), "w4")
    person.wait()
    save = Heard(window.binding.actions["file.export"], QEvent.Type.ActionChanged)
    docks = [Heard(dock, QEvent.Type.LayoutRequest) for dock in window.docks.values()]
    window.workspace.edits.set_bits((layers[1],), "w4")
    person.wait()
    assert save.count == 0
    assert [heard.count for heard in docks] == [0] * len(docks)


def test_an_edit_that_takes_long_takes_away_what_would_wait(person, window):
    person.open_example()
    export, runner = window.binding.actions["file.export"], window.workspace.runner
    window.workspace.edit(lambda _: None)
    assert export.isEnabled()
    window.job_bar.show()
    window.job_bar.appeared.emit()
    assert not export.isEnabled()
    person.wait()
    assert export.isEnabled()
    assert not runner.is_long_busy()
