"""``set``: change bits, granularity, ranges and arithmetic of a project."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tinyml_studio.arith.profile import ARITHMETICS
from tinyml_studio.cli.choices import add_choices, apply_choices
from tinyml_studio.cli.data import add_project, open_project, reference_path
from tinyml_studio.cli.layers import layers_json, layers_text
from tinyml_studio.cli.output import answer
from tinyml_studio.cli.progress import with_progress


def add_arguments(parser: ArgumentParser) -> None:
    """Declare project and choices."""
    add_project(parser)
    parser.add_argument(
        "--accept-changed", action="store_true", help="take a model or data that changed"
    )
    add_choices(parser)
    parser.add_argument("--arithmetic", metavar="NAME", help=", ".join(ARITHMETICS))
    parser.add_argument("--target", metavar="T", help="the chip")
    parser.add_argument(
        "--reference",
        type=reference_path,
        metavar="MODEL",
        help="hold errors against this model, such as the float original; none: against itself",
    )


def run(args: Namespace) -> int:
    """Change the project and save it."""
    studio = with_progress("set", lambda told: open_project(args, told, compute=False))
    apply_choices(studio, args)
    if args.arithmetic is not None:
        studio.set_arithmetic(args.arithmetic)
    if args.target is not None:
        studio.set_target(args.target)
    studio.save()
    answer(args, {"project": args.project, **layers_json(studio)}, lambda: layers_text(studio))
    return 0
