"""The quantization that a model's file states, for people and for scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tinyml_studio.ir.found import FoundGrid, FoundWeights
from tinyml_studio.ir.graph import Graph
from tinyml_studio.quantize.file_grids import (
    granularity_of,
    unstated_outputs,
    unstated_weights,
)

_UNSTATED_WEIGHTS = (
    "its file has weights in real numbers, or on grids that no layer here has; they are rounded"
)


def found_quantization(graph: Graph) -> dict[str, object] | None:
    """Every grid by tensor, and the weights' by layer; None for a float model."""
    if graph.found is None:
        return None
    held = graph.found
    return {
        "tensors": [_grid(tensor, grid) for tensor, grid in held.activations.items()],
        "weights": [_weights(layer, weights) for layer, weights in held.weights.items()],
        "arithmetic": held.arithmetic,
        "remarks": list(found_remarks(graph)),
    }


def found_remarks(graph: Graph) -> tuple[str, ...]:
    """What the file leaves in real numbers, and what could not be taken over as it stands."""
    held = graph.found
    if held is None:
        return ()
    words = (
        ("its file computes in real numbers, and ranges take samples", unstated_outputs(graph)),
        (_UNSTATED_WEIGHTS, unstated_weights(graph)),
    )
    lines = [f"{text}: {', '.join(layers)}" for text, layers in words if layers]
    return (*held.remarks, *lines)


def found_line(graph: Graph) -> tuple[str, ...]:
    """One line that says which widths the file holds; nothing for a float model."""
    if graph.found is None:
        return ()
    weights = _counted(f"{held.bits}-bit" for held in graph.found.weights.values())
    activations = _counted(held.stored for held in graph.found.activations.values())
    words = []
    if weights:
        words.append(f"weights of {weights} layers")
    words.append(f"activations {activations}" if activations else "activations in float")
    return (f"quantized: {', '.join(words)}",)


def _counted(words: Iterable[str]) -> str:
    """How often each word occurs, the most frequent first."""
    return ", ".join(f"{count} {word}" for word, count in Counter(words).most_common())


def _grid(tensor: str, grid: FoundGrid) -> dict[str, object]:
    """One activation; the zero point is that of the file's own integers."""
    return {
        "name": tensor,
        "dtype": grid.stored,
        "bits": grid.bits,
        "scale": grid.scale,
        "zero_point": grid.stored_zero_point,
    }


def _weights(layer: str, held: FoundWeights) -> dict[str, object]:
    """The weights of one layer."""
    return {
        "layer": layer,
        "bits": held.bits,
        "granularity": granularity_of(held),
        "scale": [float(scale) for scale in held.scale],
        "dtype": held.stored or f"int{held.bits}",
        "zero_point": 0 if held.zero_point is None else held.zero_point.tolist(),
        "integer_bias": held.bias is not None,
    }
