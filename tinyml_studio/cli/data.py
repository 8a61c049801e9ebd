"""Arguments that several commands share: the project, where its files are, and samples."""

from __future__ import annotations

import argparse
import math
import re
from argparse import ArgumentParser, Namespace
from pathlib import Path

from tinyml_studio.app.opening import is_project
from tinyml_studio.app.studio import Studio
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.cli.parser import UsageError
from tinyml_studio.progress import Progress


def add_project(parser: ArgumentParser) -> None:
    """Declare the project, and where its files are when they moved."""
    parser.add_argument("project", type=Path, metavar="P.tmls", help="the project")
    parser.add_argument("--model", type=Path, help="where the project's model is now")
    parser.add_argument("--calibration", type=Path, help="where its calibration samples are now")


def open_project(args: Namespace, progress: Progress, *, compute: bool = True) -> Studio:
    """Open the project of the arguments.

    Raises
    ------
    UsageError
        If it is something else.
    """
    if not is_project(args.project):
        raise UsageError(
            f"{args.project} is not a project", hint="tinyml-studio quantize makes one"
        )
    return Studio.open(
        args.project,
        model=args.model,
        data=args.calibration,
        accept_changed=getattr(args, "accept_changed", False),
        reference=getattr(args, "reference", None),
        compute=compute,
        progress=progress,
    )


def add_input_shape(parser: ArgumentParser) -> None:
    """Declare the sizes of inputs that a model's file leaves open."""
    parser.add_argument(
        "--input-shape",
        type=_input_shape,
        action="append",
        default=[],
        metavar="NAME=1,16000",
        help="the size of every axis of an input, the batch first, where the file leaves one open; "
        "repeatable",
    )


def input_shapes(args: Namespace) -> dict[str, tuple[int, ...]]:
    """The sizes of the arguments by the input's name.

    Raises
    ------
    UsageError
        If an input has two, or the file is a project, which keeps its own.
    """
    shapes = dict(args.input_shape)
    if len(shapes) < len(args.input_shape):
        raise UsageError("--input-shape names an input twice")
    if shapes and is_project(args.model):
        raise UsageError("--input-shape is for models; a project keeps the shapes of its own")
    return shapes


def add_scaling(parser: ArgumentParser) -> None:
    """Declare how integer samples become real values."""
    parser.add_argument(
        "--scale", type=_positive_number, metavar="S", help="the model is given (x - offset) * S"
    )
    parser.add_argument("--offset", type=_number, metavar="O", help="default: 0")


def add_data(parser: ArgumentParser) -> None:
    """Declare samples that may be left out."""
    parser.add_argument("-d", "--data", type=Path, help="default: the calibration samples")
    add_scaling(parser)
    parser.add_argument("--samples", type=positive, metavar="N", help="use the first N")


def read_data(studio: Studio, args: Namespace, progress: Progress) -> Samples | None:
    """The samples of the arguments, None for the project's own."""
    if args.data is None and (args.scale, args.offset) != (None, None):
        raise UsageError("--scale and --offset are about the samples of -d, which is missing")
    if args.data is None:
        samples = studio.derived.samples
    else:
        samples = studio.read_samples(
            args.data, scale=args.scale, offset=args.offset, progress=progress
        )
    if samples is None or args.samples is None:
        return samples
    return samples.take(args.samples)


def positive(text: str) -> int:
    """A positive integer."""
    if re.fullmatch(r"0*[1-9]\d{0,17}", text, re.ASCII) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive integer")
    return int(text)


def _input_shape(text: str) -> tuple[str, tuple[int, ...]]:
    """A name and sizes."""
    name, _, sizes = text.rpartition("=")
    if not name or re.fullmatch(r"\d{1,10}(,\d{1,10})*", sizes, re.ASCII) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not like NAME=1,16000")
    return name, tuple(map(int, sizes.split(",")))


def _number(text: str) -> float:
    """A finite number."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return number


def _positive_number(text: str) -> float:
    """A finite number above zero."""
    number = _number(text)
    if number <= 0.0:
        raise argparse.ArgumentTypeError(f"{text!r} is not above 0")
    return number


def reference_path(text: str) -> str:
    """The path of a reference; empty for the word none."""
    return "" if text == "none" else text
