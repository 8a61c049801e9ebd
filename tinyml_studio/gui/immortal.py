"""A guard against PySide6 6.12 on Python 3.11, which loses references to constants.

Each emitted signal drops a reference to `True` too many, and other calls one to `None`. After some
thousand of them the count reaches zero and the interpreter aborts ("deallocating None"). Python
3.12 made these constants immortal, and that is all that is done here.
"""

from __future__ import annotations

import ctypes
import sys

FOR_EVER = 1 << 40
CONSTANTS: tuple[object, ...] = (None, True, False, (), "", *range(-5, 257))


def keep_constants_alive() -> None:
    """Give constants so many references that no loss matters; nothing on Python 3.12."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    for constant in CONSTANTS:
        count = ctypes.c_ssize_t.from_address(id(constant))
        if count.value < FOR_EVER:
            count.value += 2 * FOR_EVER
