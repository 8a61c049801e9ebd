"""``inspect``: list the layers of a model."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from tinyml_studio.app.derived import Derived
from tinyml_studio.app.layer_values import weights_of
from tinyml_studio.app.opening import is_project
from tinyml_studio.app.rows import refusal_of
from tinyml_studio.app.studio import Studio
from tinyml_studio.cli import text
from tinyml_studio.cli.data import add_input_shape, input_shapes
from tinyml_studio.cli.found import found_line, found_quantization, found_remarks
from tinyml_studio.cli.output import answer
from tinyml_studio.cli.progress import with_progress
from tinyml_studio.ir.graph import Graph, Node, Port
from tinyml_studio.ir.measure import macs, parameters
from tinyml_studio.progress import Progress


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the model."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model or a project")
    add_input_shape(parser)


def run(args: Namespace) -> int:
    """List the layers."""
    studio = with_progress("inspect", lambda told: _open(args, told))
    derived, graph = studio.derived, studio.derived.graph
    layers = [_layer(derived, node) for node in graph.nodes]
    document = {
        "model": studio.document.model_path,
        "sha256": studio.document.model_sha256,
        "inputs": [_port(graph, port) for port in graph.inputs],
        "outputs": [_port(graph, port) for port in graph.outputs],
        "quantization": found_quantization(graph),
        "parameters": sum(parameters(node) for node in graph.nodes),
        "macs": sum(macs(graph, node) for node in graph.nodes),
        "layers": layers,
    }
    answer(args, document, lambda: _text(derived))
    return 0


def _open(args: Namespace, progress: Progress) -> Studio:
    """A model, or a project with what its samples say."""
    shapes = input_shapes(args)
    if is_project(args.model):
        return Studio.open(args.model, progress=progress)
    return Studio.open_model(args.model, input_shapes=shapes, progress=progress)


def _port(graph: Graph, port: Port) -> dict[str, object]:
    """An input or output, in the model's own layout."""
    held = None if graph.found is None else graph.found.activations.get(port.tensor)
    dtype = "float32" if held is None else held.stored
    return {"name": port.name, "shape": port.shape, "dtype": dtype}


def _layer(derived: Derived, node: Node) -> dict[str, object]:
    """One layer."""
    return {
        "name": node.name,
        "op": node.op.kind,
        "inputs": node.inputs,
        "outputs": node.outputs,
        "output_shape": derived.graph.shapes.get(node.outputs[0]),
        "parameters": parameters(node),
        "macs": macs(derived.graph, node),
        "weight_range": weight_range(node),
        "output_range": output_range(derived, node),
        "refused": refusal_of(node) or None,
    }


def weight_range(node: Node) -> tuple[float, float] | None:
    """Smallest and largest weight; None when the layer has none."""
    weight = weights_of(node)
    return None if weight is None else (float(weight.min()), float(weight.max()))


def output_range(derived: Derived, node: Node) -> tuple[float, float] | None:
    """Smallest and largest output over the calibration samples; None without samples."""
    if derived.stats is None:
        return None
    seen = derived.stats[node.outputs[0]]
    return seen.min, seen.max


def _text(derived: Derived) -> str:
    """Interface and layers as text."""
    graph = derived.graph
    ends = [
        f"{word}  {text.plain(port.name)}  {text.shape(port.shape)}"
        for word, ports in (("input ", graph.inputs), ("output", graph.outputs))
        for port in ports
    ]
    rows = [_row(derived, node) for node in graph.nodes]
    total = text.count(sum(parameters(node) for node in graph.nodes))
    work = text.count(sum(macs(graph, node) for node in graph.nodes))
    rows.append((f"{len(graph.nodes)} layers", "", "", total, work, "", ""))
    header = ("layer", "operator", "output", "parameters", "MACs", "weights", "output range")
    shown = 6 if derived.stats is None else 7
    notes = [
        text.one_line(f"{node.name} cannot run as integers: {refusal_of(node)}")
        for node in graph.nodes
        if refusal_of(node)
    ]
    notes += [text.one_line(remark) for remark in found_remarks(graph)]
    table = text.table(header[:shown], [row[:shown] for row in rows])
    return "\n".join((*ends, *found_line(graph), "", table, *notes))


def _row(derived: Derived, node: Node) -> tuple[str, ...]:
    """One line of the table."""
    return (
        node.name,
        node.op.kind,
        text.shape(derived.graph.shapes.get(node.outputs[0])),
        text.count(parameters(node)),
        text.count(macs(derived.graph, node)),
        text.interval(weight_range(node)),
        text.interval(output_range(derived, node)),
    )
