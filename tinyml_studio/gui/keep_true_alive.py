"""A guard against PySide6 6.12 on Python 3.11: each emitted signal loses a reference to `True`.

After some thousand signals the count reaches zero and the interpreter aborts ("deallocating True
or False"). Python 3.12 made `True` immortal, which is all that is done here.
"""

from __future__ import annotations

import ctypes
import sys

FOR_EVER = 1 << 40


def keep_true_alive() -> None:
    """Give `True` so many references that no loss of them matters; nothing on Python 3.12."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    count = ctypes.c_ssize_t.from_address(id(True))  # noqa: FBT003 - the object itself
    if count.value < FOR_EVER:
        count.value += 2 * FOR_EVER
