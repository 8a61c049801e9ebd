"""``estimate``: flash, RAM, instructions, latency and energy on a chip."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from tinyml_studio.cli.data import add_project, open_project
from tinyml_studio.cli.output import answer
from tinyml_studio.cli.progress import with_progress
from tinyml_studio.cli.text import count, one_line, optional, percent, table
from tinyml_studio.cost.estimate import Estimate, Span
from tinyml_studio.progress import Progress


def add_arguments(parser: ArgumentParser) -> None:
    """Declare project and target."""
    add_project(parser)
    parser.add_argument("--target", metavar="T", help="the chip; default: the project's")
    parser.add_argument(
        "--predict",
        action="store_true",
        help="compile and count nothing: predict from networks that were counted before",
    )


def run(args: Namespace) -> int:
    """Estimate the project."""
    found = with_progress("estimate", lambda told: _estimate(args, told))
    answer(args, _document(found), lambda: _text(found))
    return 0


def _estimate(args: Namespace, progress: Progress) -> Estimate:
    """Open and estimate."""
    return open_project(args, progress).estimate(
        target=args.target, count=not args.predict, progress=progress
    )


def _document(found: Estimate) -> dict[str, object]:
    """The keys of the contract, and beside them the spans."""
    document: dict[str, object] = asdict(found)
    del document["counted"]
    for key, span in (("latency_ms", found.latency_ms), ("energy_mj", found.energy_mj)):
        document[key] = None if span is None else span.typical
        document[f"{key}_span"] = None if span is None else [span.low, span.high]
    return document | asdict(found.counted)


def _text(found: Estimate) -> str:
    """One figure per line, then the notes."""
    counted = found.counted
    rows = [
        ("flash (B)", optional(counted.flash_bytes), _fits(fits=found.fits_flash)),
        ("  weights (B)", str(counted.weight_bytes), ""),
        ("  code (B)", optional(counted.code_bytes), ""),
        ("RAM (B)", optional(found.ram_bytes), _fits(fits=found.fits_ram)),
        ("  arena (B)", str(counted.arena_bytes), ""),
        ("  stack (B)", optional(counted.stack_bytes), ""),
        ("instructions", optional(counted.instructions), ""),
        ("latency (ms)", *_span(found.latency_ms)),
        ("energy (mJ)", *_span(found.energy_mj)),
    ]
    notes = [one_line(note) for note in found.notes]
    figures = table((found.target, found.core, found.source), rows, left=1)
    return "\n".join([figures, "", _layers(found), "", *notes])


def _layers(found: Estimate) -> str:
    """Work and instructions of every layer."""
    total = found.counted.instructions
    rows = [
        (
            layer.name,
            layer.op,
            count(layer.macs),
            optional(layer.instructions),
            percent(layer.instructions / total) if layer.instructions and total else "-",
        )
        for layer in found.layers
    ]
    return table(("layer", "operator", "MACs", "instructions", "share"), rows, left=2)


def _fits(*, fits: bool | None) -> str:
    return {True: "fits", False: "DOES NOT FIT", None: ""}[fits]


def _span(span: Span | None) -> tuple[str, str]:
    if span is None:
        return "-", ""
    return f"{span.typical:.3g}", f"{span.low:.3g} to {span.high:.3g}"
