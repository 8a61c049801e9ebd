"""``diff``: two configurations, two models, or a model and a dump, layer by layer."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from tinyml_studio.app.studio import Studio
from tinyml_studio.cli import text
from tinyml_studio.cli.data import add_data, read_data
from tinyml_studio.cli.output import answer
from tinyml_studio.cli.parser import UsageError
from tinyml_studio.cli.progress import with_progress
from tinyml_studio.progress import Progress
from tinyml_studio.simulate.difference import Difference


def add_arguments(parser: ArgumentParser) -> None:
    """Declare both projects and data."""
    parser.add_argument("first", type=Path, metavar="A.tmls", help="a project")
    parser.add_argument(
        "second", type=Path, nargs="?", metavar="B.tmls", help="the one to compare it with"
    )
    parser.add_argument(
        "--dump",
        type=Path,
        metavar="DIR",
        help="compare with tensors of a device or another engine instead: .npy or raw .bin files"
        " by layer name or in order",
    )
    add_data(parser)


def run(args: Namespace) -> int:
    """Compare; 1 when something differs."""
    if (args.second is None) == (args.dump is None):
        raise UsageError("diff compares with another project or with a folder given by --dump")
    result = with_progress("diff", lambda told: _diff(args, told))
    answer(args, _json(result), lambda: _text(result))
    return 0 if result.is_equal else 1


def _diff(args: Namespace, progress: Progress) -> Difference:
    """Open both and compare."""
    first = Studio.open(args.first, progress=progress)
    data = read_data(first, args, progress)
    if args.dump is not None:
        return first.diff_dump(args.dump, data, progress=progress)
    second = Studio.open(args.second, progress=progress)
    return first.diff(second, data, progress=progress)


def _json(result: Difference) -> dict[str, object]:
    """The keys of the contract, and what else is known."""
    return {
        "equal": result.is_equal,
        "samples": result.samples,
        "layers": [
            {
                "name": layer.name,
                "elements": layer.elements,
                "differing": layer.differing,
                "max_difference": _number(layer.max_difference),
                **({"other": layer.other} if layer.other else {}),
            }
            for layer in result.layers
        ],
        "first_difference": result.first_difference or None,
        "cause": result.cause or None,
        "unmatched": list(result.unmatched),
        "ignored": list(result.ignored),
        "absent": list(result.absent),
    }


def _number(steps: float) -> int | float:
    """Whole steps as an integer."""
    return int(steps) if steps.is_integer() else steps


def _text(result: Difference) -> str:
    """The table of layers, and what is different first."""
    lines = [f"{result.samples} samples"]
    if result.is_equal:
        partly = result.ignored or result.absent
        layers = f"{len(result.layers)} layers" if partly else "every layer"
        rest = "".join(f"; {words}" for words in _left(result))
        return f"{lines[0]}: every integer of {layers} is the same{rest}"
    if result.first_difference:
        lines.append(f"first difference: {text.one_line(result.first_difference)}")
        lines.append(f"cause: {result.cause}")
    if result.unmatched:
        lines.append(f"in one of them only: {text.one_line(', '.join(result.unmatched))}")
    lines += _left(result)
    rows = [
        (
            f"{layer.name} / {layer.other}" if layer.other else layer.name,
            text.count(layer.elements),
            text.count(layer.differing),
            text.percent(layer.differing / layer.elements),
            f"{layer.max_difference:g}",
        )
        for layer in result.layers
    ]
    header = ("layer", "elements", "differing", "share", "largest (steps)")
    return "\n".join((*lines, "", text.table(header, rows, left=1)))


def _left(result: Difference) -> list[str]:
    """Which files of a dump, and which layers, were not compared."""
    held = {"belongs to no layer": result.ignored, "in no file": result.absent}
    return [f"{words}: {text.one_line(', '.join(names))}" for words, names in held.items() if names]
