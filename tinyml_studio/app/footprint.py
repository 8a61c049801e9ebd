"""What the exported program takes in memory, exactly, without a compiler."""

from __future__ import annotations

import threading
import weakref
from typing import Any

from tinyml_studio.app.derived import Derived
from tinyml_studio.app.exported import exported
from tinyml_studio.emit.sizes import DataSizes, data_sizes
from tinyml_studio.lower.bounds import check_accumulators
from tinyml_studio.program.program import Program

_KNOWN: weakref.WeakKeyDictionary[Program, DataSizes] = weakref.WeakKeyDictionary()

_MEMORY: weakref.WeakKeyDictionary[Program, dict[str, Any]] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def footprint(derived: Derived) -> DataSizes:
    """Arena and data of the program that would be exported; computed once for each program.

    Raises
    ------
    StudioError
        If there is no program.
    """
    with _LOCK:  # several panes ask at once: the others take what the first has computed
        program = exported(derived).program
        found = _KNOWN.get(program)
        if found is None:
            found = _KNOWN[program] = data_sizes(program)
        return found


def memory_of(derived: Derived) -> dict[str, Any]:
    """What an `Attempt` keeps of the memory: data in flash and the arena, whole and by layer.

    The RAM of a layer is the fullest of its steps: all that lives in the arena while it runs.
    """
    sizes = footprint(derived)
    program = exported(derived).program
    with _LOCK:
        found = _MEMORY.get(program)
        if found is None:
            found = _MEMORY[program] = _memory(program, sizes)
        return found


def _memory(program: Program, sizes: DataSizes) -> dict[str, Any]:
    ram: dict[str, int] = {}
    spare: dict[str, int] = {}
    for bound in check_accumulators(program):
        left = bound.limit - bound.bits
        spare[bound.layer] = min(spare.get(bound.layer, left), left)
    for step in sizes.plan.steps:
        ram[step.layer] = max(ram.get(step.layer, 0), step.live_bytes)
    return {
        "data_bytes": sizes.weights + sizes.constants,
        "arena_bytes": sizes.arena,
        "flash_by_layer": sizes.by_layer,
        "ram_by_layer": ram,
        "spare_bits": spare,
    }
