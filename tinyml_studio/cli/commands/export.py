"""``export``: write the C header, or the quantized network as ONNX."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from tinyml_studio.app.exporting import FORMS
from tinyml_studio.app.model_file import FORMATS, real_layers, real_note
from tinyml_studio.app.studio import Studio
from tinyml_studio.app.targets import find_target
from tinyml_studio.cli.data import add_project, open_project, positive
from tinyml_studio.cli.output import answer, remark
from tinyml_studio.cli.parser import UsageError
from tinyml_studio.cli.progress import with_progress
from tinyml_studio.progress import Progress

_C = FORMS[0]


def add_arguments(parser: ArgumentParser) -> None:
    """Declare project, format, target and file."""
    add_project(parser)
    parser.add_argument(
        "--format",
        choices=(*FORMS, *FORMATS),
        default=_C,
        help="c: the header; cmsis-nn: the header with calls of CMSIS-NN 7 for all layers "
        "that it has; onnx: a model with QuantizeLinear and DequantizeLinear (opset 21); "
        "onnx-qoperator: one with operators on integers (QLinearConv, QGemm ...) where a layer has "
        "one, which takes the arithmetic onnx; default: c",
    )
    parser.add_argument(
        "--target", metavar="T", help="the chip; default: the project's; ONNX is the same for all"
    )
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
        "-o", "--output", type=Path, required=True, metavar="FILE", help="the file to write"
    )


def run(args: Namespace) -> int:
    """Write the header or the model."""
    if args.format not in FORMS and (args.name or args.self_test or args.split):
        raise UsageError("--name, --self-test and --split are for C")
    studio = with_progress("export", lambda told: _export(args, told))
    size = args.output.stat().st_size if args.output.is_file() else None
    document = {"bytes": size, "model": studio.document.model_path}
    if args.format not in FORMS:
        document = {"file": args.output, "format": args.format, **document}
        document["real_layers"] = _real_layers(args, studio)
    else:
        document = {"header": args.output, **document}
    if args.split:
        document["source"] = args.output.with_suffix(".c")
    answer(args, document, lambda: f"{args.output}")
    return 0


def _real_layers(args: Namespace, studio: Studio) -> list[dict[str, str]]:
    """Layers without an operator on integers; a person is told them beside the file's name."""
    derived = studio.derived
    note = "" if args.json else real_note(derived, args.format)
    if note:
        remark(note)
    return [
        {"name": name, "op": derived.graph.by_name[name].op.kind, "reason": reason}
        for name, reason in real_layers(derived, args.format).items()
    ]


def _export(args: Namespace, progress: Progress) -> Studio:
    """Open and export."""
    studio = open_project(args, progress)
    if args.format not in FORMS:
        if args.target is not None:
            find_target(args.target)  # a misspelt one is told, although ONNX is the same for all
        studio.export_model(args.output, form=args.format)
        return studio
    studio.export(
        args.output,
        target=args.target,
        name=args.name,
        self_test=args.self_test,
        split=args.split,
        form=args.format,
    )
    return studio
