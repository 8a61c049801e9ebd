"""A long session holds what the configuration in force needs, not what every edit once made."""

import gc
from itertools import product

from tinyml_studio.app.examples import find_example
from tinyml_studio.app.exported import exported
from tinyml_studio.app.footprint import memory_of
from tinyml_studio.app.studio import Studio
from tinyml_studio.program.instructions.instruction import Instruction
from tinyml_studio.program.program import Program


def held(kind):
    gc.collect()
    return sum(isinstance(thing, kind) for thing in gc.get_objects())


def edit(studio, name, bits):
    """What the window asks for after an edit."""
    studio.set_bits(name, bits)
    exported(studio.derived)
    memory_of(studio.derived)
    studio.header()
    studio.errors()


def test_edits_leave_no_programs_and_no_instructions_behind():
    example = find_example("digits")
    studio = Studio.open(example.model)
    studio.calibrate(example.calibration)
    studio.set_target("cortex-m4")
    weighted = [row.name for row in studio.layers if row.weight_bits]
    before = None
    for name, bits in product(weighted[:3], ("w2", "w3", "w4", "w5")):
        edit(studio, name, bits)
        if before is None:
            before = held(Program), held(Instruction)
    assert held(Program) <= before[0] + 1
    assert held(Instruction) <= before[1] + 40  # the lowered layers that are kept for undo


def test_what_was_pruned_is_known_again_without_being_computed(monkeypatch):
    example = find_example("digits")
    studio = Studio.open(example.model)
    studio.calibrate(example.calibration)
    first = exported(studio.derived)
    monkeypatch.setattr("tinyml_studio.app.exported.prune", None)
    again = exported(studio.derived)
    assert (again.program, again.removals, again.macs) == (first.program, (), first.macs)
