"""The code pane takes over the lines that an edit changed, and leaves the rest as it is read."""

from dataclasses import replace

import pytest

from tinyml_studio.gui.states.code import CodeState, code_state
from tinyml_studio.gui.states.code_changes import with_changes
from tinyml_studio.gui.widgets.code_text import LINES_AT_ONCE, CodeText


def header(first: int, last: int = 300) -> CodeState:
    """A header with a layer of so many lines before another."""
    layers = (("a", first), ("b", last))
    text = "".join(
        f'/* layer {number}: Conv2D "/{name}" */\n' + "".join(f"{name} {i};\n" for i in range(size))
        for number, (name, size) in enumerate(layers)
    )
    return code_state(text, "host")


@pytest.fixture
def text(qtbot):
    made = CodeText()
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    return made


def top(text: CodeText) -> str:
    return text.firstVisibleBlock().text()


@pytest.mark.parametrize(("before", "after"), [(20, 50), (50, 20), (50, 0), (0, 50)])
def test_what_is_read_stays_where_it_was(text, before, after):
    text.show_state(header(before))
    text.go_to(before + 100)
    read = top(text)
    assert read == "b 98;"
    wanted = header(after)
    text.show_state(with_changes(wanted, header_of(text)))
    assert text.toPlainText() == wanted.text
    assert top(text) == read


def header_of(text: CodeText) -> CodeState:
    """What the widget shows."""
    return replace(text.state, since=None)


def test_only_lines_that_differ_are_written(text, monkeypatch):
    text.show_state(header(30))
    monkeypatch.setattr(text, "setPlainText", lambda _: pytest.fail("all was written"))
    wanted = header(31)
    text.show_state(with_changes(wanted, header_of(text)))
    assert text.toPlainText() == wanted.text


def test_changes_of_another_text_are_not_taken(text):
    text.show_state(header(30))
    wanted = with_changes(header(10), header(12))
    text.show_state(wanted)
    assert text.toPlainText() == wanted.text


def test_an_edit_in_the_window_changes_the_header_there(qtbot, person, window, monkeypatch):
    person.open_example()
    window.show_pane("code")
    person.wait()
    shown = window.board["code"].view.text
    layer = next(row.name for row in window.workspace.studio.layers if row.weight_bits)
    monkeypatch.setattr(shown, "setPlainText", lambda _: pytest.fail("all was written"))
    for bits in ("w4", "w8", "w2"):
        window.workspace.edits.set_bits((layer,), bits)
        person.wait()
        target = window.workspace.studio.document.target or window.settings.target
        name = shown.state.text.partition("#ifndef ")[2].partition("_H_INCLUDED")[0].lower()
        wanted = window.workspace.studio.header(target=target, name=name)
        qtbot.waitUntil(lambda text=wanted: shown.toPlainText() == text)


def test_a_very_long_text_comes_bit_by_bit_and_is_read_on_where_it_was(text, qtbot):
    long = 3 * LINES_AT_ONCE
    text.show_state(header(10, long))
    assert text.blockCount() <= LINES_AT_ONCE + 1
    text.go_to(2 * LINES_AT_ONCE)
    qtbot.waitUntil(lambda: text.toPlainText() == text.state.text)
    read = top(text)
    assert read == f"b {2 * LINES_AT_ONCE - 12};"
    text.show_state(header(10, long + 5))
    assert text.blockCount() <= LINES_AT_ONCE + 1
    text.show_state(header(10, long + 6))
    qtbot.waitUntil(lambda: text.toPlainText() == text.state.text)
    assert top(text) == read
    assert text.toPlainText() == header(10, long + 6).text


def test_very_many_changed_lines_are_not_replaced_at_once(text, qtbot):
    text.show_state(header(10, LINES_AT_ONCE - 100))
    wanted = header(LINES_AT_ONCE - 100, 10)
    text.show_state(with_changes(wanted, header_of(text)))
    qtbot.waitUntil(lambda: text.toPlainText() == wanted.text)
