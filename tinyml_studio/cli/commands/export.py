"""``export``: write the C header."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser, Namespace
from pathlib import Path

from tinyml_studio.app.studio import Studio
from tinyml_studio.cli.data import add_project, open_project, positive
from tinyml_studio.cli.output import answer
from tinyml_studio.cli.parser import UsageError
from tinyml_studio.cli.progress import with_progress
from tinyml_studio.progress import Progress


def add_arguments(parser: ArgumentParser) -> None:
    """Declare project, target and header."""
    add_project(parser)
    parser.add_argument("--target", metavar="T", help="the chip; default: the project's")
    parser.add_argument(
        "--name", metavar="PREFIX", help="of everything in C; default: from the model's file name"
    )
    parser.add_argument(
        "--self-test",
        type=positive,
        default=0,
        metavar="N",
        help="embed N calibration samples with their results",
    )
    parser.add_argument(
        "--split",
        action="store_true",
        help="declarations to MODEL.h, definitions to MODEL.c beside it",
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="MODEL.h", help="the header to write"
    )
    parser.add_argument("--format", default="c", help=argparse.SUPPRESS)


def run(args: Namespace) -> int:
    """Write the header."""
    if args.format != "c":
        raise UsageError(f"--format {args.format} is not available in this version")
    studio = with_progress("export", lambda told: _export(args, told))
    size = args.output.stat().st_size if args.output.is_file() else None
    document = {"header": args.output, "bytes": size, "model": studio.document.model_path}
    if args.split:
        document["source"] = args.output.with_suffix(".c")
    answer(args, document, lambda: f"{args.output}")
    return 0


def _export(args: Namespace, progress: Progress) -> Studio:
    """Open and export."""
    studio = open_project(args, progress)
    studio.export(
        args.output,
        target=args.target,
        name=args.name,
        self_test=args.self_test,
        split=args.split,
    )
    return studio
