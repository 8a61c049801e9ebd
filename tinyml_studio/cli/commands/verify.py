"""``verify``: compile the header, run it, compare it with the simulator."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tinyml_studio.cli.data import add_data, add_project, open_project, read_data
from tinyml_studio.cli.output import answer
from tinyml_studio.cli.progress import with_progress
from tinyml_studio.cli.text import count, one_line, optional, table
from tinyml_studio.progress import Progress
from tinyml_studio.verify.report import Run, VerifyReport

DIFFERENT = 1
DEFAULT_SAMPLES = 16


def add_arguments(parser: ArgumentParser) -> None:
    """Declare project, target, port and samples."""
    add_project(parser)
    parser.add_argument(
        "--target", metavar="T", help="the chip, whose core is emulated; default: the project's"
    )
    parser.add_argument(
        "--serial",
        type=Path,
        metavar="PORT",
        help="instead listen to the self-test firmware of a device, for example on /dev/ttyACM0",
    )
    add_data(parser)
    parser.set_defaults(samples=DEFAULT_SAMPLES)


def run(args: Namespace) -> int:
    """Verify the project; 1 when an element differs."""
    report = with_progress("verify", lambda told: _verify(args, told))
    answer(args, asdict(report), lambda: _text(report))
    return 0 if report.match else DIFFERENT


def _verify(args: Namespace, progress: Progress) -> VerifyReport:
    """Open and verify."""
    studio = open_project(args, progress)
    if args.serial is not None:
        return studio.verify_device(args.serial, progress=progress)
    data = read_data(studio, args, progress)
    return studio.verify(data, samples=args.samples, target=args.target, progress=progress)


def _text(report: VerifyReport) -> str:
    """The answer in one line, what was measured where, what is missing."""
    notes = [one_line(note) for note in report.notes]
    return "\n".join([_answer(report), *([_runs(report.runs)] if report.runs else []), *notes])


def _runs(runs: Sequence[Run]) -> str:
    """One row per build."""
    rows = [
        (
            run.core,
            run.compiler,
            "yes" if run.match else "NO",
            optional(run.instructions),
            optional(run.flash_bytes),
            str(run.ram_bytes),
            optional(run.stack_bytes),
        )
        for run in runs
    ]
    header = ("core", "compiler", "equal", "instructions", "flash (B)", "RAM (B)", "stack (B)")
    return table(header, rows, left=3)


def _answer(report: VerifyReport) -> str:
    """Equal or not, and where not."""
    if report.match:
        return f"{report.samples} samples: every byte of the header's output is the simulator's"
    if report.mismatched_elements == 0:
        return one_line(f"the first layer that differs is {report.first_layer_that_differs}")
    return one_line(
        f"{count(report.mismatched_elements)} elements of {report.samples} samples differ; "
        f"the first layer that differs is {report.first_layer_that_differs}"
    )
