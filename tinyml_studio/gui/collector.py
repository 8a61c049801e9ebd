"""Looks for garbage cycles in the window's thread, a little at a time.

Python does it whenever enough objects were made, in whatever thread makes them. Both are wrong
for a window. A network of twenty thousand layers is a million objects: looking through all of them
stops every thread for a quarter of a second, many times while a model is opened. And a cycle that
holds a widget must not be taken apart in a worker.
"""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 1000
FEW, MANY = 2_000, 10_000
"""Objects made since the last look: fewer are left alone; more are the parts of a network."""
ROUNDS = 4
"""Looks at what is older, before one at all that is not kept out."""
MOST_LOOKED_AT = 40_000
"""Objects that a look goes through within some milliseconds."""
SWITCH_SECONDS = 0.0001


class Collector(QObject):
    """Takes the place of the automatic collection while it is on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._older = self._rounds = 0
        self._held = gc.isenabled(), sys.getswitchinterval()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Take over.

        The threads also change places fifty times as often: a table asks for some hundred cells
        when it is painted, and while a worker computes, each of them waits for one such change.
        """
        self._held = gc.isenabled(), sys.getswitchinterval()
        gc.collect()
        gc.freeze()
        gc.disable()
        sys.setswitchinterval(SWITCH_SECONDS)
        self._timer.start()

    def stop(self) -> None:
        """Give everything back as it was."""
        self._timer.stop()
        was_enabled, interval = self._held
        if was_enabled:
            gc.enable()
        gc.unfreeze()
        sys.setswitchinterval(interval)

    def look(self) -> None:
        """Take young cycles apart; keep what came in great numbers out of every further look.

        As many may also have come unseen, while as many others went: then they are kept out too.

        What is kept out is still freed when nothing refers to it any more; only a cycle within it
        would stay, and networks, programs and statistics have none.
        """
        made = gc.get_count()[0]
        if made > MANY:
            gc.freeze()
        elif made > FEW:
            self._older += made
            generation = self._generation()
            if _objects(generation) > MOST_LOOKED_AT:
                gc.freeze()
            else:
                gc.collect(generation)

    def _generation(self) -> int:
        """How old the objects are that are looked at now: few at a time, all of them in turn."""
        if self._older < MANY:
            return 0
        self._older = 0
        self._rounds = (self._rounds + 1) % ROUNDS
        return 1 if self._rounds else 2


def _objects(generation: int) -> int:
    """How many objects a look at this generation goes through."""
    return sum(len(gc.get_objects(generation=young)) for young in range(generation + 1))
