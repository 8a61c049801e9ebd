"""The program that is exported: that of the session without channels that say nothing."""

from __future__ import annotations

import threading
import weakref

from tinyml_studio.app.derived import Derived
from tinyml_studio.program.program import Program
from tinyml_studio.prune.prune import Pruned, prune

# what a program leaves is kept only where it is another program: a value that held its own key
# would keep both for ever
_KNOWN: weakref.WeakKeyDictionary[Program, Pruned | int] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def exported(derived: Derived) -> Pruned:
    """The session's program without constant and unread channels; its outputs are the same.

    Raises
    ------
    StudioError
        If there is no program.
    """
    program = derived.need_program()
    with _LOCK:  # several panes ask at once: the others take what the first has computed
        found = _known(program)
        if found is None:
            found = prune(program)
            _KNOWN[program] = found.macs if found.program is program else found
        return found


def known_export(derived: Derived) -> Pruned | None:
    """The same where somebody has asked for it already; never takes long."""
    return None if derived.program is None else _known(derived.program)


def _known(program: Program) -> Pruned | None:
    found = _KNOWN.get(program)
    return Pruned(program, (), found, found) if isinstance(found, int) else found


def removal_text(pruned: Pruned) -> str:
    """What was removed in a sentence; empty where nothing was."""
    if not pruned.removals:
        return ""
    channels = sum(held.removed for held in pruned.removals)
    saved = pruned.macs_before - pruned.macs
    return (
        f"{channels} constant or unread channels of {len(pruned.removals)} layers removed exactly: "
        f"{saved} of {pruned.macs_before} multiply-accumulates less, the same outputs"
    )
