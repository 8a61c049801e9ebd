"""``quantize``: calibrate a model and make a project."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser, Namespace
from pathlib import Path

from tinyml_studio.app.opening import is_project
from tinyml_studio.app.studio import Studio
from tinyml_studio.arith.profile import ARITHMETICS, TFLM, arithmetic
from tinyml_studio.cli.choices import add_choices, apply_choices
from tinyml_studio.cli.data import add_input_shape, add_scaling, input_shapes, positive
from tinyml_studio.cli.layers import layers_json, layers_text
from tinyml_studio.cli.output import answer
from tinyml_studio.cli.parser import UsageError
from tinyml_studio.cli.progress import with_progress
from tinyml_studio.document.project_file import SUFFIX
from tinyml_studio.progress import Progress


def add_arguments(parser: ArgumentParser) -> None:
    """Declare model, data, project and choices."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model, float or quantized")
    parser.add_argument(
        "-d",
        "--data",
        type=Path,
        help="samples to calibrate with; a model that is quantized already needs none",
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="P.tmls", help="the project to make"
    )
    add_choices(parser)
    parser.add_argument(
        "--arithmetic",
        metavar="NAME",
        help=f"{', '.join(ARITHMETICS)}; default: that of a quantized file's engine, else "
        f"{TFLM.name}",
    )
    add_input_shape(parser)
    add_scaling(parser)
    parser.add_argument(
        "--samples",
        type=positive,
        metavar="N",
        help="calibrate with N only, evenly spread over all",
    )
    parser.add_argument(
        "--reference",
        type=Path,
        metavar="MODEL",
        help="hold errors against this model, such as the float original of a quantized one",
    )
    parser.add_argument("--correct", metavar="LIST", help=argparse.SUPPRESS)


def run(args: Namespace) -> int:
    """Make the project."""
    if args.correct:
        raise UsageError("--correct is not available in this version")
    if is_project(args.model):
        raise UsageError(f"{args.model} is a project already", hint="tinyml-studio set changes it")
    if not is_project(args.output):
        raise UsageError(f"{args.output} is not a name for a project", hint=f"end it in {SUFFIX}")
    if args.arithmetic is not None:
        arithmetic(args.arithmetic)
    studio = with_progress("quantize", lambda told: _quantize(args, told))
    studio.save(args.output)
    document = {"project": args.output, **layers_json(studio)}
    answer(args, document, lambda: layers_text(studio))
    return 0


def _quantize(args: Namespace, progress: Progress) -> Studio:
    """The session that is saved."""
    studio = Studio.open_model(args.model, input_shapes=input_shapes(args), progress=progress)
    if args.reference is not None:
        studio.set_reference(args.reference, progress=progress)
    if args.arithmetic is not None:
        studio.set_arithmetic(args.arithmetic)
    states_ranges = studio.derived.graph.found is not None
    if not states_ranges:  # a wrong choice is told before the samples are read
        apply_choices(studio, args)
    if args.data is not None:
        studio.calibrate(
            args.data, scale=args.scale, offset=args.offset, samples=args.samples, progress=progress
        )
    if states_ranges:  # a range of another kind may need the samples at once
        apply_choices(studio, args, everywhere=True)
    studio.derived.need_program()
    return studio
