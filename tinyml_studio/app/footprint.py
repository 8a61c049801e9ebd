"""What the exported program takes in memory, exactly, without a compiler."""

from __future__ import annotations

import weakref

from tinyml_studio.app.derived import Derived
from tinyml_studio.app.exported import exported
from tinyml_studio.emit.sizes import DataSizes, data_sizes
from tinyml_studio.program.program import Program

_KNOWN: weakref.WeakKeyDictionary[Program, DataSizes] = weakref.WeakKeyDictionary()


def footprint(derived: Derived) -> DataSizes:
    """Arena and data of the program that would be exported; computed once for each program.

    Raises
    ------
    StudioError
        If there is no program.
    """
    program = exported(derived).program
    found = _KNOWN.get(program)
    if found is None:
        found = _KNOWN[program] = data_sizes(program)
    return found
