"""What the window remembers for a person: recent files, layout, theme, columns, log axis."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from tinyml_studio.arith.profile import ARITHMETICS
from tinyml_studio.gui.states.layers import Column
from tinyml_studio.gui.theme import ThemeChoice

MOST_RECENT = 8
LAYOUT_VERSION = 3
USUAL_TARGET = "stm32f411re"
LIVE_SAMPLES = 64
LIVE_CHOICES = (16, 32, 64, 128, 256)
AUTOSAVE_SECONDS = 10
AUTOSAVE_CHOICES = (0, 5, 10, 30, 120)


class WindowSettings:
    """A typed face of `QSettings`; a damaged entry counts as missing.

    Attributes
    ----------
    is_frozen
        Nothing is remembered: a screenshot must not change what a person has set.
    """

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings("TinyML Studio", "TinyML Studio")
        self.is_frozen = False
        self._was_damaged = is_damaged(Path(self._store.fileName()))

    @property
    def recent(self) -> tuple[Path, ...]:
        """Files opened last, the latest first."""
        held = self._store.value("recent", [])
        names = [held] if isinstance(held, str) else held if isinstance(held, list) else []
        return tuple(Path(name) for name in names if isinstance(name, str) and name)[:MOST_RECENT]

    def add_recent(self, path: Path) -> None:
        """Put a file first."""
        rest = [held for held in self.recent if held != path]
        self._set("recent", [str(held) for held in (path, *rest)][:MOST_RECENT])

    def forget_recent(self) -> None:
        """Empty the list."""
        self._remove("recent")

    @property
    def theme(self) -> ThemeChoice:
        """Light, dark, or as the system says."""
        held = self._store.value("theme", ThemeChoice.SYSTEM.value)
        known = {choice.value: choice for choice in ThemeChoice}
        return known.get(str(held), ThemeChoice.SYSTEM)

    @theme.setter
    def theme(self, choice: ThemeChoice) -> None:
        self._set("theme", choice.value)

    @property
    def log_axis(self) -> bool:
        """Whether histograms have a logarithmic axis."""
        return str(self._store.value("log_axis", "false")).lower() in ("true", "1")

    @log_axis.setter
    def log_axis(self, log: bool) -> None:
        self._set("log_axis", "true" if log else "false")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table of layers; none: those that fit."""
        held = self._store.value("columns", [])
        names = [held] if isinstance(held, str) else held if isinstance(held, list) else []
        return tuple(name for name in Column if name in names)

    @columns.setter
    def columns(self, names: tuple[str, ...]) -> None:
        self._set("columns", list(names))

    @property
    def folder(self) -> str:
        """Where file dialogs begin."""
        return str(self._store.value("folder", ""))

    @folder.setter
    def folder(self, path: str) -> None:
        self._set("folder", path)

    @property
    def target(self) -> str:
        """The chip of the last export."""
        return str(self._store.value("target", USUAL_TARGET))

    @target.setter
    def target(self, name: str) -> None:
        self._set("target", name)

    @property
    def live_samples(self) -> int:
        """Over how many samples the figures are measured while the user edits."""
        return self._number("live_samples", LIVE_CHOICES, LIVE_SAMPLES)

    @live_samples.setter
    def live_samples(self, count: int) -> None:
        self._set("live_samples", count)

    @property
    def autosave_seconds(self) -> int:
        """How long after a change unsaved work is kept for a recovery; 0: never."""
        return self._number("autosave_seconds", AUTOSAVE_CHOICES, AUTOSAVE_SECONDS)

    @autosave_seconds.setter
    def autosave_seconds(self, seconds: int) -> None:
        self._set("autosave_seconds", seconds)

    @property
    def arithmetic(self) -> str:
        """With which engine's integers a float model begins; empty: the usual one."""
        held = str(self._store.value("arithmetic", ""))
        return held if held in ARITHMETICS else ""

    @arithmetic.setter
    def arithmetic(self, name: str) -> None:
        self._set("arithmetic", name)

    def keep(self) -> None:
        """Write what was set into the file now."""
        self._store.sync()

    def fault(self) -> str:
        """Why settings are lost or will be, in a sentence; empty when all is well."""
        if self.is_frozen:
            return ""
        self._store.sync()
        if self._was_damaged or self._store.status() is QSettings.Status.FormatError:
            return "The settings file is damaged: this session begins with the usual settings."
        if self._store.status() is QSettings.Status.AccessError or not self._store.isWritable():
            return f"Settings cannot be kept: {self._store.fileName()} cannot be written."
        return ""

    @property
    def estimates_itself(self) -> bool:
        """Whether estimates follow every change."""
        return str(self._store.value("estimates_itself", "true")).lower() in ("true", "1")

    @estimates_itself.setter
    def estimates_itself(self, automatic: bool) -> None:
        self._set("estimates_itself", "true" if automatic else "false")

    def layout(self) -> tuple[QByteArray, QByteArray] | None:
        """Geometry and dock state as they were saved; None when there are none that fit."""
        if self.is_frozen:
            return None
        geometry, state = self._store.value("geometry"), self._store.value("state")
        version = str(self._store.value("layout_version", ""))
        fits = version == str(LAYOUT_VERSION)
        if fits and isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
            return geometry, state
        return None

    def save_layout(self, geometry: QByteArray, state: QByteArray) -> None:
        """Remember size, place and docks."""
        self._set("geometry", geometry)
        self._set("state", state)
        self._set("layout_version", LAYOUT_VERSION)

    def forget_layout(self) -> None:
        """Start with the usual layout next time."""
        for key in ("geometry", "state", "layout_version"):
            self._remove(key)

    def _number(self, key: str, choices: tuple[int, ...], usual: int) -> int:
        """One of some numbers; the usual one when something else is held."""
        held = str(self._store.value(key, usual))
        return next((choice for choice in choices if str(choice) == held), usual)

    def _set(self, key: str, value: object) -> None:
        if not self.is_frozen:
            self._store.setValue(key, value)

    def _remove(self, key: str) -> None:
        if not self.is_frozen:
            self._store.remove(key)


def is_damaged(path: Path) -> bool:
    """Whether a settings file holds lines that are none; Qt drops them without a word."""
    if path.suffix not in (".ini", ".conf"):
        return False
    try:
        text = path.read_bytes()
    except OSError:
        return False
    lines = [line.strip() for line in text.splitlines()]
    is_line = all(not line or line[:1] in (b"[", b";", b"#") or b"=" in line for line in lines)
    return b"\0" in text or not is_line
