"""The estimate of a session: one sample counted in the emulator, put to the chip's figures."""

from __future__ import annotations

from tinyml_studio.app.derived import Derived
from tinyml_studio.app.exported import exported
from tinyml_studio.app.exporting import samples_or_random, verify
from tinyml_studio.app.targets import find_target
from tinyml_studio.cost.estimate import Counted, Estimate, LayerCost, estimate
from tinyml_studio.errors import TargetError
from tinyml_studio.ir.measure import parameters
from tinyml_studio.program.measure import macs
from tinyml_studio.progress import Progress, silent
from tinyml_studio.verify.report import Run

_WRONG_NOTE = "the header does not compute what the simulator does; see verify"
_HOST_NOTE = "flash and stack are those of this computer's compiler"


def estimate_for(
    derived: Derived, *, target: str | None = None, progress: Progress = silent
) -> Estimate:
    """Compile for the target's core, count one sample, and add clock, current and memory.

    Raises
    ------
    TargetError
        If no target is chosen or there is none of that name.
    ToolError
        If there is no host compiler, or a tool fails.
    """
    chosen = target or derived.document.target
    if chosen is None:
        raise TargetError("An estimate needs a target", hint="tinyml-studio targets lists them")
    held = find_target(chosen)
    samples = samples_or_random(derived, 1).take(1)
    report = verify(derived, samples, target=chosen, progress=progress)
    run = report.runs[-1]
    notes = (*report.notes, *([_HOST_NOTE] if run.core == "host" else []))
    if not report.match:
        notes = (*notes, _WRONG_NOTE)
    program = exported(derived).program
    layers = tuple(
        LayerCost(
            node.name,
            type(node.op).__name__,
            sum(macs(program, item) for item in program.by_layer.get(node.name, ())),
            parameters(node),
        )
        for node in derived.graph.nodes
    )
    return estimate(held, _counted(run), layers, notes)


def _counted(run: Run) -> Counted:
    return Counted(
        flash_bytes=run.flash_bytes,
        code_bytes=run.code_bytes,
        weight_bytes=run.weight_bytes,
        arena_bytes=run.arena_bytes,
        static_bytes=run.ram_bytes - run.arena_bytes,
        stack_bytes=run.stack_bytes,
        instructions=run.instructions,
    )
