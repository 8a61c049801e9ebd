"""``verify``: compile the header, run it, compare it with the simulator."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from tinyml_studio.app.targets import find_target
from tinyml_studio.cli.data import add_data, add_project, open_project, read_data
from tinyml_studio.cli.output import answer
from tinyml_studio.cli.progress import with_progress
from tinyml_studio.cli.text import count, one_line
from tinyml_studio.progress import Progress
from tinyml_studio.verify.host import VerifyReport

DIFFERENT = 1
DEFAULT_SAMPLES = 16


def add_arguments(parser: ArgumentParser) -> None:
    """Declare project and samples."""
    add_project(parser)
    parser.add_argument("--target", metavar="T", help="the chip; this version verifies on the host")
    add_data(parser)
    parser.set_defaults(samples=DEFAULT_SAMPLES)


def run(args: Namespace) -> int:
    """Verify the project; 1 when an element differs."""
    if args.target is not None:
        find_target(args.target)
    report = with_progress("verify", lambda told: _verify(args, told))
    answer(args, asdict(report), lambda: _text(report))
    return 0 if report.match else DIFFERENT


def _verify(args: Namespace, progress: Progress) -> VerifyReport:
    """Open and verify."""
    studio = open_project(args, progress)
    return studio.verify(read_data(studio, args, progress), samples=args.samples, progress=progress)


def _text(report: VerifyReport) -> str:
    """The answer in one line."""
    if report.match:
        return f"{report.samples} samples: every byte of the header's output is the simulator's"
    return one_line(
        f"{count(report.mismatched_elements)} elements of {report.samples} samples differ; "
        f"the first layer that differs is {report.first_layer_that_differs}"
    )
