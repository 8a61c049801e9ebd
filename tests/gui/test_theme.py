from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QCheckBox, QTabBar

import tinyml_studio.gui
from tinyml_studio.app.actions import ACTIONS
from tinyml_studio.gui.action_binding import ICONS, SHORT_TITLES, TOOL_BAR
from tinyml_studio.gui.icons import icon
from tinyml_studio.gui.states.help_pages import help_pages
from tinyml_studio.gui.theme import DARK, LIGHT, Theme, ThemeChoice, palette, style_sheet

SOURCES = sorted(Path(tinyml_studio.gui.__file__).parent.rglob("*.py"))
LETTERS = ("text", "muted", "accent", "integer_text", "good_text", "suspect_text")


def luminance(name: str) -> float:
    """Relative luminance of WCAG 2.1."""
    parts = [channel / 255 for channel in QColor(name).getRgb()[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("letters", LETTERS)
def test_letters_can_be_read_on_every_surface(colours, letters):
    for ground in (colours.window, colours.surface):
        assert contrast(getattr(colours, letters), ground) >= 4.5


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_shapes_stand_out_from_the_surface(colours):
    for name in ("float_", "integer", "good", "suspect"):
        assert contrast(getattr(colours, name), colours.surface) >= 2.8


def deuteranopic(name: str) -> tuple[float, float]:
    """Yellow-blue and light-dark, about what is left without the green cone (Viénot 1999)."""
    red, green, blue, _ = QColor(name).getRgbF()
    return (0.29 * red + 0.71 * green) - blue, luminance(name)


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_float_and_integer_differ_without_the_green_cone(colours):
    blue, amber = deuteranopic(colours.float_), deuteranopic(colours.integer)
    assert abs(blue[0] - amber[0]) > 0.4


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_only_the_theme_sets_style_sheets(path):
    assert path.name == "theme.py" or ".setStyleSheet(" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_the_style_sheet_has_no_gaps(qapp, colours):
    text = style_sheet(colours)
    assert "{" in text
    assert "{{" not in text
    assert "None" not in text
    assert palette(colours).window().color().name() == colours.window


def test_a_choice_wins_over_the_system_and_is_told(qtbot, qapp):
    theme = Theme(ThemeChoice.DARK)
    with qtbot.waitSignal(theme.changed):
        theme.choose(ThemeChoice.LIGHT)
    assert theme.colours is LIGHT
    with qtbot.assertNotEmitted(theme.changed):
        theme.choose(ThemeChoice.LIGHT)
    theme.deleteLater()


def test_every_action_of_the_window_is_a_row_of_the_table(window):
    known = {action.id for action in ACTIONS}
    named = {name for group in TOOL_BAR for name in group} | set(ICONS) | set(SHORT_TITLES)
    assert named <= known
    submenus = {"file.examples", "edit.presets", "run.arithmetic"}
    assert known == set(window.binding.actions) | submenus


def test_every_shortcut_is_given_once(window):
    keys = [action.shortcut().toString() for action in window.binding.actions.values()]
    used = [key for key in keys if key]
    assert len(used) == len(set(used))


@pytest.mark.parametrize(
    ("name", "colours"), list(product(sorted(set(ICONS.values())), [DARK, LIGHT]))
)
def test_every_icon_is_drawn(qapp, name, colours):
    picture = icon(name, colours).pixmap(32).toImage()
    assert any(picture.pixelColor(x, y).alpha() for x in range(32) for y in range(32))


@pytest.mark.parametrize(("title", "path"), help_pages())
def test_every_help_page_is_there(window, title, path):
    window.view_menu.page_chosen.emit(title)
    assert window.board["help"].view.box.currentText() == title
    assert len(window.board["help"].view.browser.toPlainText()) > 300
    assert path.read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("choice", [ThemeChoice.DARK, ThemeChoice.LIGHT])
def test_an_empty_check_box_can_be_seen(qtbot, choice):
    theme = Theme(choice)
    theme.apply()
    box = QCheckBox("auto")
    qtbot.addWidget(box)
    image = box.grab().toImage()
    middle = image.height() // 2
    ground = image.pixelColor(0, 0).name()
    inks = [contrast(image.pixelColor(x, middle).name(), ground) for x in range(5)]
    theme.deleteLater()
    assert max(inks) >= 3


def test_tabs_show_that_the_keyboard_is_on_them(qtbot, theme):
    bar = QTabBar()
    qtbot.addWidget(bar)
    bar.addTab("Layers")
    bar.addTab("Graph")
    bar.show()
    qtbot.waitExposed(bar)
    bar.clearFocus()
    before = bar.grab().toImage()
    bar.activateWindow()
    bar.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(bar.hasFocus)
    assert bar.grab().toImage() != before


def test_another_theme_keeps_the_style_and_sets_the_palette_without_a_sheet(qtbot, monkeypatch):
    theme = Theme(ThemeChoice.DARK)
    theme.apply()
    application, done = QApplication.instance(), []
    monkeypatch.setattr(QApplication, "setStyle", lambda *_: done.append("style"))
    set_palette = application.setPalette

    def spied(held):
        done.append(bool(application.styleSheet()))
        set_palette(held)

    monkeypatch.setattr(application, "setPalette", spied)
    theme.choose(ThemeChoice.LIGHT)
    assert done == [False]
    assert application.styleSheet() == style_sheet(LIGHT)
    assert application.palette().window().color().name() == QColor(LIGHT.window).name()
