"""A verification in one message: equal or not, on which cores, at what cost, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.states.text import clean

if TYPE_CHECKING:
    from tinyml_studio.verify.report import Run, VerifyReport


def verified_text(report: VerifyReport) -> str:
    """What the status bar says after a verification."""
    cores = [run for run in report.runs if run.core != "host"]
    if report.match:
        where = "".join(f" and {_measured(run)}" for run in cores)
        text = f"Verified: every byte of {report.samples} samples agrees on this computer{where}"
    else:
        layer = clean(report.first_layer_that_differs or "an unknown layer")
        places = ", ".join(run.core for run in report.runs if not run.match)
        text = f"Header and simulator differ{f' on {places}' if places else ''}, first in {layer}"
    return "; ".join([text, *map(clean, report.notes)])


def _measured(run: Run) -> str:
    """A core with its instructions and stack."""
    counted = "" if run.instructions is None else f"{run.instructions / 1e6:.2f} M instructions"
    stack = "" if run.stack_bytes is None else f"{run.stack_bytes} B of stack"
    figures = ", ".join(part for part in (counted, stack) if part)
    return f"{run.core} ({figures})" if figures else run.core
