"""A verification as a report: which builds ran, what they took, where the first difference is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.text import MISSING, clean, data_size, short_count, whole

if TYPE_CHECKING:
    from tinyml_studio.cost.estimate import Estimate
    from tinyml_studio.verify.report import Run, VerifyReport

NO_PROGRAM = "Choose calibration data (Ctrl+D): there is no integer network to verify yet"
NOT_YET = (
    "Press Verify: the header is compiled for this computer and for the chip's core, run on "
    "samples, and compared with the simulator byte for byte"
)
RUNS = "Verifying: the header is compiled, run on samples, and compared with the simulator …"
COLUMNS = ("Where", "Agrees", "Instructions", "Flash", "RAM", "Stack")
TIPS = (
    "This computer, the core in an emulator, and the estimate for comparison",
    "Whether every output and every layer's checksum was that of the simulator",
    "Of one inference, the most of all samples",
    "Code, weights and other constants",
    "The arena and what else is static",
    "The deepest stack of one inference",
)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One build, or the estimate; `agrees` is None where nothing was compared."""

    cells: tuple[str, ...]
    agrees: bool | None = None
    compiler: str = ""


@dataclass(frozen=True, slots=True)
class VerificationState:
    """The report.

    Parameters
    ----------
    headline
        The outcome in a sentence.
    agrees
        Whether everything agreed; None while nothing was verified.
    rows
        Builds, then the estimate.
    notes
        What did not run and why.
    differing
        True name of the first layer that differs; empty when none does.
    is_old
        The document has changed since.
    can_run
        There is something to verify, and that is not being done.
    hint
        What to do to see a report.
    asks_data
        Calibration data would bring something to show.
    """

    headline: str = ""
    agrees: bool | None = None
    rows: tuple[RunRow, ...] = ()
    notes: tuple[str, ...] = ()
    differing: str = ""
    is_old: bool = False
    can_run: bool = False
    hint: str = NOT_YET
    asks_data: bool = False


def waiting_state(*, runs: bool) -> VerificationState:
    """Nothing was verified yet, or the first report is on its way."""
    return VerificationState(can_run=not runs, hint=RUNS if runs else NOT_YET)


def verification_state(
    report: VerifyReport, estimate: Estimate | None, names: Mapping[str, str], *, is_old: bool
) -> VerificationState:
    """The report in words; `names` are short names of layers."""
    layer = report.first_layer_that_differs or ""
    rows = tuple(_run_row(run) for run in report.runs)
    if estimate is not None:
        rows = (*rows, _estimate_row(estimate))
    return VerificationState(
        headline=_headline(report, names.get(layer, clean(layer, limit=60))),
        agrees=report.match,
        rows=rows,
        notes=tuple(clean(note, limit=400) for note in report.notes),
        differing=layer if not report.match else "",
        is_old=is_old,
        can_run=True,
        hint="",
    )


def _headline(report: VerifyReport, layer: str) -> str:
    samples = f"{whole(report.samples)} sample{'s' if report.samples != 1 else ''}"
    if report.match:
        return f"Every byte of {samples} agrees with the simulator"
    count = whole(report.mismatched_elements)
    first = f", first in {layer}" if layer else ""
    return f"Header and simulator differ in {count} elements of {samples}{first}"


def _run_row(run: Run) -> RunRow:
    where = "this computer" if run.core == "host" else f"{run.core}, emulated"
    cells = (
        where,
        "yes" if run.match else "no",
        MISSING if run.instructions is None else short_count(run.instructions),
        _bytes(run.flash_bytes),
        data_size(run.ram_bytes),
        _bytes(run.stack_bytes),
    )
    return RunRow(cells, run.match, clean(run.compiler, limit=120))


def _estimate_row(held: Estimate) -> RunRow:
    counted = held.counted
    cells = (
        f"estimate, {held.target}",
        "",
        MISSING if counted.instructions is None else short_count(counted.instructions),
        _bytes(counted.flash_bytes),
        data_size(counted.arena_bytes + counted.static_bytes),
        _bytes(counted.stack_bytes),
    )
    return RunRow(cells)


def _bytes(count: int | None) -> str:
    return MISSING if count is None else data_size(count)
