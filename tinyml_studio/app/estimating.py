"""The estimate of a session: counted in the emulator or predicted, put to the chip's figures."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.app.derived import Derived
from tinyml_studio.app.exported import exported
from tinyml_studio.app.exporting import samples_or_random, verify
from tinyml_studio.app.footprint import footprint
from tinyml_studio.app.targets import find_target
from tinyml_studio.cost.cycles import CYCLES
from tinyml_studio.cost.estimate import PREDICTED, Counted, Estimate, LayerCost, estimate
from tinyml_studio.cost.fitted import Prediction, predict
from tinyml_studio.errors import TargetError
from tinyml_studio.ir.measure import parameters
from tinyml_studio.program.measure import macs
from tinyml_studio.progress import Progress, silent
from tinyml_studio.targets.target import Target
from tinyml_studio.verify.cross import missing_tools
from tinyml_studio.verify.report import Run

_WRONG_NOTE = "the header does not compute what the simulator does; see verify"
_HOST_NOTE = "flash and stack are those of this computer's compiler"


def estimate_for(
    derived: Derived, *, target: str | None = None, count: bool = True, progress: Progress = silent
) -> Estimate:
    """What the network takes on a chip.

    Where the tools are installed and `count` asks for it, the header is compiled for the target's
    core and one sample counted in the emulator; else code, stack and instructions are predicted.

    Raises
    ------
    TargetError
        If no target is chosen or there is none of that name.
    ToolError
        If nothing is known of the core and there is no host compiler, or a tool fails.
    """
    chosen = target or derived.document.target
    if chosen is None:
        raise TargetError("An estimate needs a target", hint="tinyml-studio targets lists them")
    held = find_target(chosen)
    missing = missing_tools(held.core)
    foretold = predicted(derived, chosen, missing=missing) if missing or not count else None
    return foretold or _measured(derived, held, chosen, progress)


def predicted(derived: Derived, target: str, *, missing: tuple[str, ...] = ()) -> Estimate | None:
    """The same without compiling anything; None where nothing was counted for the core.

    Raises
    ------
    TargetError
        If there is no such target.
    """
    held = find_target(target)
    foretold = predict(exported(derived).program, held.core)
    return None if foretold is None else _predicted(derived, held, foretold, missing)


def predicted_cycles(derived: Derived, target: str) -> float | None:
    """Cycles of one inference as they are predicted; None where nothing is known of the core.

    Raises
    ------
    TargetError
        If there is no such target.
    """
    core = find_target(target).core
    foretold = predict(exported(derived).program, core)
    return None if foretold is None else foretold.instructions * CYCLES[core].typical


def _measured(derived: Derived, target: Target, chosen: str, progress: Progress) -> Estimate:
    """Compiled, and where there is an emulator counted."""
    samples = samples_or_random(derived, 1).take(1)
    report = verify(derived, samples, target=chosen, progress=progress)
    run = report.runs[-1]
    notes = (*report.notes, *([_HOST_NOTE] if run.core == "host" else []))
    if not report.match:
        notes = (*notes, _WRONG_NOTE)
    return estimate(target, _counted(run), _layers(derived, run.layers), notes)


def _predicted(
    derived: Derived, target: Target, foretold: Prediction, missing: tuple[str, ...]
) -> Estimate:
    """From what other networks were counted at; arena and data are exact."""
    sizes = footprint(derived)
    data = sizes.weights + sizes.constants
    counted = Counted(
        flash_bytes=data + foretold.code_bytes,
        code_bytes=foretold.code_bytes,
        weight_bytes=sizes.weights,
        arena_bytes=sizes.arena,
        static_bytes=0,
        stack_bytes=foretold.stack_bytes,
        instructions=foretold.instructions,
    )
    layers, whole = 100 * foretold.error, 100 * foretold.network_error
    basis = f"nine of ten layers are within {layers:.0f} %, whole networks within {whole:.0f} %"
    notes = ["code, stack and instructions are predicted from counted networks"]
    notes[0] += f" ({foretold.compiler}; {basis})"
    notes += missing
    if foretold.unseen:
        notes.append(f"never counted, so those like it stand in: {', '.join(foretold.unseen)}")
    costs = _layers(derived, foretold.layers)
    return estimate(
        target, counted, costs, tuple(notes), source=PREDICTED, error=foretold.network_error
    )


def _layers(derived: Derived, instructions: Sequence[int]) -> tuple[LayerCost, ...]:
    """Every layer with its work; `instructions` are by layer of the exported program."""
    program = exported(derived).program
    spent = dict(zip(program.by_layer, instructions, strict=True)) if instructions else {}
    return tuple(
        LayerCost(
            node.name,
            type(node.op).__name__,
            sum(macs(program, item) for item in program.by_layer.get(node.name, ())),
            parameters(node),
            spent.get(node.name),
        )
        for node in derived.graph.nodes
    )


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
