"""The table of actions: menus, tool bar, shortcuts and tooltips all come from these rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tinyml_studio.app.studio import Studio


EnabledWhen = Callable[["Studio | None"], bool]


def always(studio: Studio | None) -> bool:
    """Possible at any time."""
    del studio
    return True


def is_open(studio: Studio | None) -> bool:
    """Possible when there is a session."""
    return studio is not None


def is_dirty(studio: Studio | None) -> bool:
    """Possible when there is something to save, or nothing was ever saved."""
    return studio is not None and (studio.dirty or studio.path is None)


def is_lowered(studio: Studio | None) -> bool:
    """Possible when there is an integer program."""
    return studio is not None and studio.derived.program is not None


def has_reference(studio: Studio | None) -> bool:
    """Possible when the model is held against another one."""
    return studio is not None and studio.document.reference is not None


def can_undo(studio: Studio | None) -> bool:
    """Possible when there is a step to take back."""
    return studio is not None and studio.can_undo


def can_redo(studio: Studio | None) -> bool:
    """Possible when there is a step to do again."""
    return studio is not None and studio.can_redo


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a person can ask for.

    Parameters
    ----------
    id
        Stable name, ``menu.verb``; the window binds its callback to it.
    title
        As the menu shows it; an ellipsis when a dialog follows.
    shortcut
        In Qt's portable text form; empty when there is none.
    menu
        The menu that it stands in.
    tooltip
        What it does, in one sentence.
    enabled_when
        Whether it is possible in a session (None: no session).
    group
        Rows of one group stand together, with a separator between groups.
    other_shortcut
        The same by another habit; only the first one is shown.
    """

    id: str
    title: str
    shortcut: str
    menu: str
    tooltip: str
    enabled_when: EnabledWhen = always
    group: int = 0
    other_shortcut: str = ""


MENUS = ("File", "Edit", "Run", "View", "Help")

ACTIONS: tuple[Action, ...] = (
    Action("file.open", "Open…", "Ctrl+O", "File", "Open a model or a project."),
    Action("file.examples", "Open Example", "", "File", "Open a bundled model with its data."),
    Action("file.data", "Calibration Data…", "Ctrl+D", "File",
           "Choose the samples that the ranges are measured on.", is_open),
    Action("file.reference", "Hold against a Float Model…", "", "File",
           "Hold errors and histograms of a quantized model against its float original.", is_open),
    Action("file.no_reference", "Hold against Itself", "", "File",
           "Hold errors and histograms against this model in float again.", has_reference),
    Action("file.save", "Save", "Ctrl+S", "File", "Save the project.", is_dirty, 1),
    Action("file.save_as", "Save As…", "Ctrl+Shift+S", "File",
           "Save the project under another name.", is_open, 1),
    Action("file.export", "Export…", "Ctrl+E", "File",
           "Write the network as one C header.", is_lowered, 2),
    Action("file.quit", "Quit", "Ctrl+Q", "File", "Close the window.", always, 3),
    Action("edit.undo", "Undo", "Ctrl+Z", "Edit", "Take the last change back.", can_undo),
    Action("edit.redo", "Redo", "Ctrl+Shift+Z", "Edit", "Do the change again.", can_redo,
           other_shortcut="Ctrl+Y"),
    Action("edit.presets", "Presets", "", "Edit",
           "Choose the bits of every layer in one step.", is_open, 1),
    Action("edit.preferences", "Preferences…", "Ctrl+,", "Edit",
           "Theme, defaults of new work, and how often unsaved work is kept.", always, 2),
    Action("run.evaluate", "Evaluate", "F5", "Run",
           "Compare integers with float over all samples.", is_lowered),
    Action("run.verify", "Verify", "F6", "Run",
           "Compile the header here and compare it with the simulator bit for bit.", is_lowered),
    Action("run.arithmetic", "Arithmetic", "", "Run",
           "Choose the engine whose integers are computed and exported.", is_open, 1),
    Action("view.palette", "Commands…", "Ctrl+K", "View",
           "Find a command by a few letters of its name."),
    Action("view.reset_layout", "Reset Layout", "", "View", "Put every pane back in its place."),
    Action("help.about", "About TinyML Studio", "", "Help", "Version and licence."),
)  # fmt: skip

BY_ID = {action.id: action for action in ACTIONS}
