"""Colours, fonts and style sheets; nothing else in the window sets them.

The palette after Okabe and Ito, shifted for contrast: blue for float and amber for integer values
differ for every kind of colour vision; teal for good and red for suspect also differ in lightness
and never stand alone (a mark, a sign or a word says the same). Text colours have a contrast of at
least 4.5 to 1 on every surface they are used on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from tinyml_studio.paths import resource

STYLE = "fusion"


class ThemeChoice(StrEnum):
    """What the person chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colours:
    """One theme; values are ``#rrggbb``.

    `integer_text`, `suspect_text` and `good_text` are the darker or lighter shades for letters.
    """

    is_dark: bool
    window: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    selection: str
    selection_text: str
    accent: str
    float_: str
    integer: str
    integer_text: str
    good: str
    good_text: str
    suspect: str
    suspect_text: str


DARK = Colours(
    is_dark=True,
    window="#13161b",
    surface="#1a1e25",
    raised="#242a33",
    line="#2e3540",
    text="#e6e9ee",
    muted="#9aa5b4",
    selection="#27406b",
    selection_text="#ffffff",
    accent="#6aa0ff",
    float_="#5b8def",
    integer="#f0a33e",
    integer_text="#f5b254",
    good="#3fae97",
    good_text="#5cc7b0",
    suspect="#e0606c",
    suspect_text="#f08a93",
)

LIGHT = Colours(
    is_dark=False,
    window="#f1f3f6",
    surface="#ffffff",
    raised="#e9edf2",
    line="#d5dbe3",
    text="#18202b",
    muted="#566173",
    selection="#d3e3fd",
    selection_text="#10233f",
    accent="#1f5fd0",
    float_="#3b76e0",
    integer="#d97f1a",
    integer_text="#995200",
    good="#1d8a74",
    good_text="#11705d",
    suspect="#c9394a",
    suspect_text="#b32636",
)


class Theme(QObject):
    """The colours in force; follows the system unless the person chose otherwise."""

    changed = Signal()

    def __init__(self, choice: ThemeChoice = ThemeChoice.SYSTEM) -> None:
        super().__init__()
        self.choice = choice
        self.colours = self._resolved()
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow)

    def choose(self, choice: ThemeChoice) -> None:
        """Follow the system, or stay light or dark."""
        self.choice = choice
        self._follow()

    def apply(self) -> None:
        """Give the application the colours in force."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            # all widgets take over each of these in turn, and with a sheet in force much slower
            application.setStyleSheet("")
            if application.style().name() != STYLE:
                application.setStyle(STYLE)
            application.setPalette(palette(self.colours))
            application.setStyleSheet(style_sheet(self.colours))

    def _follow(self) -> None:
        colours = self._resolved()
        if colours is not self.colours:
            self.colours = colours
            self.apply()
            self.changed.emit()

    def _resolved(self) -> Colours:
        if self.choice is ThemeChoice.SYSTEM:
            scheme = QGuiApplication.styleHints().colorScheme()
            return DARK if scheme == Qt.ColorScheme.Dark else LIGHT
        return DARK if self.choice is ThemeChoice.DARK else LIGHT


def palette(colours: Colours) -> QPalette:
    """The colours for what Qt paints itself."""
    roles = QPalette.ColorRole
    table = {
        roles.Window: colours.window,
        roles.WindowText: colours.text,
        roles.Base: colours.surface,
        roles.AlternateBase: colours.raised,
        roles.Text: colours.text,
        roles.Button: colours.raised,
        roles.ButtonText: colours.text,
        roles.BrightText: colours.selection_text,
        roles.Highlight: colours.selection,
        roles.HighlightedText: colours.selection_text,
        roles.ToolTipBase: colours.raised,
        roles.ToolTipText: colours.text,
        roles.PlaceholderText: colours.muted,
        roles.Link: colours.accent,
        roles.LinkVisited: colours.accent,
        roles.Mid: colours.line,
        roles.Midlight: colours.raised,
        roles.Dark: colours.line,
        roles.Light: colours.raised,
        roles.Shadow: colours.window,
        roles.Accent: colours.accent,
    }
    made = QPalette()
    for role, value in table.items():
        made.setColor(role, QColor(value))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(
            QPalette.ColorGroup.Disabled, role, mixed(colours.text, colours.surface, 0.55)
        )
    return made


def mixed(first: str, second: str, share: float) -> QColor:
    """A colour between two: all `first` at 0, all `second` at 1."""
    start, end = QColor(first), QColor(second)
    parts = zip(start.getRgb()[:3], end.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * share) for a, b in parts))


def translucent(value: str, alpha: int) -> QColor:
    """The colour with an alpha of 0 to 255."""
    colour = QColor(value)
    colour.setAlpha(alpha)
    return colour


def figure_font(base: QFont) -> QFont:
    """The font with figures of one width, so that columns of numbers line up."""
    font = QFont(base)
    font.setFeature(QFont.Tag.fromString("tnum"), 1)
    return font


def scaled_font(base: QFont, factor: float, *, bold: bool = False) -> QFont:
    """The font, larger or smaller, and perhaps bold."""
    font = QFont(base)
    size = base.pointSizeF() if base.pointSizeF() > 0 else 10.0
    font.setPointSizeF(size * factor)
    font.setBold(bold)
    return font


def style_sheet(colours: Colours) -> str:
    """What the palette cannot say: the frames of docks, tables, tool bar and buttons."""
    names = {field: getattr(colours, field) for field in Colours.__slots__}
    shade = "dark" if colours.is_dark else "light"
    down = resource("icons", f"chevron-{shade}.svg").as_posix()
    up = resource("icons", f"chevron-up-{shade}.svg").as_posix()
    return _SHEET.format(**names, chevron=down, chevron_up=up)


_SHEET = """
QMainWindow {{ background: {window}; }}
QMainWindow::separator {{ background: {window}; width: 7px; height: 7px; }}
QMainWindow::separator:hover {{ background: {line}; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px; }}
QMenuBar {{ background: {window}; border: none; padding: 1px 4px; }}
QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {raised}; }}
QMenu {{ background: {surface}; border: 1px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 5px 26px 5px 12px; border-radius: 4px; }}
QMenu::icon {{ padding-left: 6px; }}
QMenu::item:selected {{ background: {selection}; color: {selection_text}; }}
QMenu::item:disabled {{ color: {muted}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}
QToolBar {{ background: {window}; border: none; spacing: 2px; padding: 2px 6px 5px 6px; }}
QToolBar::separator {{ background: {line}; width: 1px; margin: 5px 5px; }}
QToolButton {{ border: 1px solid transparent; border-radius: 5px; padding: 4px 8px; }}
QToolButton:hover {{ background: {raised}; }}
QToolButton:pressed, QToolButton:checked {{ background: {line}; }}
QToolButton:disabled {{ color: {muted}; }}
#toggle {{ border: 1px solid {line}; padding: 2px 9px; }}
#toggle:checked {{ background: {selection}; color: {selection_text}; border-color: {accent}; }}
#search {{ border: 1px solid {line}; color: {muted}; padding: 3px 10px; }}
#search:hover {{ border-color: {muted}; color: {text}; }}
QToolButton:focus {{ border-color: {accent}; }}
QStatusBar {{ background: {window}; color: {muted}; }}
QStatusBar::item {{ border: none; }}
QDockWidget {{ color: {muted}; }}
#panel {{ background: {surface}; border: 1px solid {line}; border-radius: 7px; }}
#panelTitle {{ color: {muted}; background: transparent; }}
#muted {{ color: {muted}; background: transparent; }}
#welcome {{ background: {surface}; border: 1px solid {line}; border-radius: 7px; }}
#card {{
    text-align: left; padding: 12px 14px; border-radius: 7px;
    border: 1px solid {line}; background: {window};
}}
#card {{ min-height: 38px; }}
#card:hover {{ border-color: {accent}; }}
#card:focus {{ border: 1px solid {accent}; }}
#link {{
    text-align: left; border: none; background: transparent; color: {accent}; padding: 3px 2px;
}}
#link:hover, #link:focus {{ background: {raised}; }}
#notice {{ background: {raised}; border: 1px solid {suspect}; border-radius: 7px; }}
#dockClose {{ color: {muted}; padding: 0 6px; }}
#drop {{ color: {muted}; border: 1px dashed {muted}; border-radius: 7px; padding: 10px; }}
QTableView {{
    background: {surface}; border: none; gridline-color: transparent; outline: none;
    selection-background-color: {selection}; selection-color: {selection_text};
}}
QTreeWidget {{
    background: {surface}; border: none; outline: none;
    selection-background-color: {selection}; selection-color: {selection_text};
}}
QTreeWidget::item {{ padding: 3px 4px; }}
QTreeWidget::item:selected {{ background: {selection}; color: {selection_text}; }}
QHeaderView {{ background: {surface}; border: none; }}
QHeaderView::section {{
    background: {surface}; color: {muted}; border: none;
    border-bottom: 1px solid {line}; padding: 5px 6px;
}}
QTableCornerButton::section {{ background: {surface}; border: none; }}
QPushButton, QComboBox, QLineEdit, QSpinBox {{
    border: 1px solid {line}; border-radius: 5px; padding: 4px 10px; background: {raised};
    min-height: 17px;
}}
QLineEdit, QSpinBox {{ background: {surface}; padding: 4px 7px; }}
QSpinBox::up-button, QSpinBox::down-button {{
    subcontrol-origin: border; border: none; background: transparent; width: 20px;
}}
QSpinBox::up-button {{ subcontrol-position: top right; margin-top: 2px; }}
QSpinBox::down-button {{ subcontrol-position: bottom right; margin-bottom: 2px; }}
#bare::up-button, #bare::down-button {{ width: 0; }}
QSpinBox::up-arrow {{ image: url("{chevron_up}"); width: 8px; height: 8px; }}
QSpinBox::down-arrow {{ image: url("{chevron}"); width: 8px; height: 8px; }}
#bare::up-arrow, #bare::down-arrow {{ image: none; }}
QTreeWidget#commands::item {{ padding: 4px 4px; }}
#limit {{
    border: 1px solid transparent; background: transparent; color: {muted}; padding: 0 2px 0 0;
    placeholder-text-color: {muted};
    min-height: 0;
}}
#limit:hover {{ border-color: {line}; }}
#limit:focus {{ border-color: {accent}; color: {text}; }}
QSpinBox QLineEdit {{ border: none; padding: 0 0 0 5px; background: transparent; min-height: 0; }}
QPushButton:hover, QComboBox:hover, QSpinBox:hover {{ border-color: {muted}; }}
QPushButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus {{ border-color: {accent}; }}
QDialogButtonBox, QMessageBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QPushButton:default {{ background: {selection}; color: {selection_text}; border-color: {accent}; }}
QPushButton:disabled, QComboBox:disabled {{
    color: {muted}; background: {surface}; border-color: {line};
}}
QCheckBox::indicator:unchecked {{
    width: 13px; height: 13px; border: 1px solid {muted}; border-radius: 3px; background: {surface};
}}
QCheckBox::indicator:unchecked:hover, QCheckBox::indicator:unchecked:focus {{
    border-color: {accent};
}}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url("{chevron}"); width: 10px; height: 10px; }}
QComboBox QAbstractItemView {{ background: {surface}; border: 1px solid {line}; outline: none; }}
QTableView QComboBox {{ padding: 0 2px 0 5px; border-radius: 0; min-height: 0; }}
QProgressBar {{
    border: none; border-radius: 3px; background: {raised}; text-align: center;
    max-height: 6px; min-height: 6px;
}}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
QScrollBar {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: 11px; }}
QScrollBar:horizontal {{ height: 11px; }}
QScrollBar::handle {{ background: {line}; border-radius: 4px; margin: 1px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QTextBrowser, QPlainTextEdit {{ background: {surface}; border: none; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QScrollArea, #clear {{ background: transparent; border: none; }}
QTabWidget::pane {{ border: none; }}
QTabBar::tab {{ padding: 4px 10px; color: {muted}; border: none; background: transparent; }}
QTabBar::tab:focus {{ background: {raised}; }}
QTabBar::tab:selected {{ color: {text}; border-bottom: 2px solid {accent}; }}
"""
