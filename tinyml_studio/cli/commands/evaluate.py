"""``evaluate``: compare integers with float, layer by layer."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tinyml_studio.app.studio import Studio
from tinyml_studio.cli import text
from tinyml_studio.cli.data import add_data, add_project, open_project, read_data
from tinyml_studio.cli.output import answer, decibel
from tinyml_studio.cli.progress import with_progress
from tinyml_studio.progress import Progress
from tinyml_studio.simulate.evaluate import Evaluation


def add_arguments(parser: ArgumentParser) -> None:
    """Declare project and data."""
    add_project(parser)
    add_data(parser)


def run(args: Namespace) -> int:
    """Evaluate the project."""
    studio, result = with_progress("evaluate", lambda told: _evaluate(args, told))
    answer(args, _json(studio, result), lambda: _text(studio, result))
    return 0


def _evaluate(args: Namespace, progress: Progress) -> tuple[Studio, Evaluation]:
    """Open and evaluate."""
    studio = open_project(args, progress)
    samples = read_data(studio, args, progress)
    return studio, studio.evaluate(samples, progress=progress)


def _json(studio: Studio, result: Evaluation) -> dict[str, object]:
    """The keys of the contract, and what else is known."""
    rows = {row.name: row for row in studio.layers}
    layers = [
        {
            "name": error.name,
            "op": error.op,
            "weight_bits": rows[error.name].weight_bits,
            "activation_bits": rows[error.name].activation_bits,
            "sqnr_isolated_db": decibel(error.sqnr_isolated_db),
            "sqnr_cumulative_db": decibel(error.sqnr_cumulative_db),
            "mse": error.mse,
            "mse_isolated": error.mse_isolated,
            "cosine": error.cosine,
            "max_abs": error.max_abs,
            "rounding": error.rounding,
            "clipping": error.clipping,
            "clipped": error.clipped,
            "saturated": error.saturated,
        }
        for error in result.layers
    ]
    return {
        "samples": result.samples,
        "float": {"accuracy": result.float_accuracy},
        "integer": {"accuracy": result.integer_accuracy},
        "agreement": result.agreement,
        "reference": _reference(studio),
        "unmatched": list(_unmatched(studio)),
        "unlike": list(_unlike(studio)),
        "error_samples": result.error_samples,
        "layers": layers,
    }


_OTHER = "the two models were not trained together, and the errors below mean little"


def _reference(studio: Studio) -> str:
    """What the integers are held against."""
    held = studio.document.reference
    if held is not None:
        return str(held.path)
    quantized = studio.derived.graph.found is not None
    return "dequantized model" if quantized else "float model"


def _unmatched(studio: Studio) -> tuple[str, ...]:
    """Layers that the reference does not have; they are held against this model in float."""
    reference = studio.derived.graph.reference
    return () if reference is None else reference.unmatched


def _unlike(studio: Studio) -> tuple[str, ...]:
    """Layers whose weights in the reference are others."""
    reference = studio.derived.graph.reference
    return () if reference is None else reference.unlike


def _reference_lines(studio: Studio) -> list[str]:
    """What float means here, where that is not plain."""
    graph, lines = studio.derived.graph, []
    if graph.reference is not None or graph.found is not None:
        lines.append(f"float is the {_reference(studio)}")
    if graph.reference is not None:
        found = len(graph.nodes) - len(graph.reference.unmatched)
        lines[0] = (
            f"float is {_reference(studio)}; {found} of {len(graph.nodes)} layers found there"
        )
        held = (("only here", graph.reference.unmatched), ("only there", graph.reference.unused))
        lines += [f"{where}: {text.one_line(', '.join(names))}" for where, names in held if names]
        if _unlike(studio):
            lines.append(
                f"WARNING: {len(_unlike(studio))} layers have other weights there; {_OTHER}"
            )
    return lines


def _text(studio: Studio, result: Evaluation) -> str:
    """Accuracy and the table of layers."""
    rows = {row.name: row for row in studio.layers}
    accuracy = (
        f"accuracy  float {text.percent(result.float_accuracy)}"
        f"  integer {text.percent(result.integer_accuracy)}"
        f"  agreement {text.percent(result.agreement)}"
    )
    lines = [f"{result.samples} samples", accuracy, ""]
    lines[1:1] = _reference_lines(studio)
    if result.error_samples < result.samples:
        lines.insert(1, f"error per layer over the first {result.error_samples} of them")
    cells = [
        (
            error.name,
            error.op,
            text.optional(rows[error.name].weight_bits),
            text.optional(rows[error.name].activation_bits),
            text.decibel(error.sqnr_isolated_db),
            text.decibel(error.sqnr_cumulative_db),
            text.percent(error.clipped),
        )
        for error in result.layers
    ]
    header = ("layer", "operator", "w", "a", "isolated (dB)", "cumulative (dB)", "clipped")
    return "\n".join((*lines, text.table(header, cells)))
