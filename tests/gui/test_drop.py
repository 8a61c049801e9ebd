"""What the window says and answers while files are above it."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent
from PySide6.QtWidgets import QApplication

BOTH = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
KEYS, BUTTONS = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def files():
    held = QMimeData()
    held.setUrls([QUrl.fromLocalFile(str(Path("folder") / "net.onnx"))])
    return held


@pytest.mark.parametrize("kind", [QDragEnterEvent, QDragMoveEvent])
def test_files_are_copied_never_moved(window, files, kind):
    event = kind(QPoint(300, 300), BOTH, files, BUTTONS, KEYS)
    event.setDropAction(Qt.DropAction.MoveAction)  # what a file manager proposes
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(9, 9), BOTH, files, BUTTONS, KEYS))
    QApplication.sendEvent(window, event)
    assert event.isAccepted()
    assert event.dropAction() == Qt.DropAction.CopyAction


def test_the_window_says_what_letting_go_does(window, files):
    veil = window.drop_veil
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(9, 9), BOTH, files, BUTTONS, KEYS))
    assert veil.isVisible()
    assert "net.onnx" in veil.text()
    assert veil.rect() == window.rect()
    assert not veil.grab().toImage().isNull()
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not veil.isVisible()


def test_text_is_not_taken(window):
    data = QMimeData()
    data.setText("net.onnx")
    event = QDragEnterEvent(QPoint(9, 9), BOTH, data, BUTTONS, KEYS)
    QApplication.sendEvent(window, event)
    assert not event.isAccepted()
    assert not window.drop_veil.isVisible()
