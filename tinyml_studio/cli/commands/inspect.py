"""``inspect``: list the layers of a model."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from tinyml_studio.app.layer_values import weights_of
from tinyml_studio.app.studio import Studio
from tinyml_studio.cli import text
from tinyml_studio.cli.output import answer
from tinyml_studio.cli.progress import with_progress
from tinyml_studio.ir.graph import Graph, Node, Port
from tinyml_studio.ir.measure import macs, parameters
from tinyml_studio.ir.ops import Opaque


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the model."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model or a project")


def run(args: Namespace) -> int:
    """List the layers."""
    studio = with_progress(
        "inspect", lambda told: Studio.open(args.model, compute=False, progress=told)
    )
    graph = studio.derived.graph
    layers = [_layer(graph, node) for node in graph.nodes]
    document = {
        "model": studio.document.model_path,
        "sha256": studio.document.model_sha256,
        "inputs": [_port(port) for port in graph.inputs],
        "outputs": [_port(port) for port in graph.outputs],
        "quantization": None,
        "parameters": sum(parameters(node) for node in graph.nodes),
        "macs": sum(macs(graph, node) for node in graph.nodes),
        "layers": layers,
    }
    answer(args, document, lambda: _text(graph))
    return 0


def _port(port: Port) -> dict[str, object]:
    """An input or output, in the model's own layout."""
    return {"name": port.name, "shape": port.shape, "dtype": "float32"}


def _layer(graph: Graph, node: Node) -> dict[str, object]:
    """One layer."""
    return {
        "name": node.name,
        "op": node.op.kind,
        "inputs": node.inputs,
        "outputs": node.outputs,
        "output_shape": graph.shapes.get(node.outputs[0]),
        "parameters": parameters(node),
        "macs": macs(graph, node),
        "weight_range": weight_range(node),
        "refused": node.op.reason if isinstance(node.op, Opaque) else None,
    }


def weight_range(node: Node) -> tuple[float, float] | None:
    """Smallest and largest weight; None when the layer has none."""
    weight = weights_of(node)
    return None if weight is None else (float(weight.min()), float(weight.max()))


def _text(graph: Graph) -> str:
    """Interface and layers as text."""
    ends = [
        f"{word}  {text.plain(port.name)}  {text.shape(port.shape)}"
        for word, ports in (("input ", graph.inputs), ("output", graph.outputs))
        for port in ports
    ]
    rows = [_row(graph, node) for node in graph.nodes]
    rows.append(
        (
            f"{len(graph.nodes)} layers",
            "",
            "",
            text.count(sum(parameters(node) for node in graph.nodes)),
            text.count(sum(macs(graph, node) for node in graph.nodes)),
            "",
        )
    )
    header = ("layer", "operator", "output", "parameters", "MACs", "weights")
    notes = [
        text.one_line(f"{node.name} cannot run as integers: {node.op.reason}")
        for node in graph.nodes
        if isinstance(node.op, Opaque)
    ]
    return "\n".join((*ends, "", text.table(header, rows), *notes))


def _row(graph: Graph, node: Node) -> tuple[str, ...]:
    """One line of the table."""
    limits = weight_range(node)
    return (
        node.name,
        node.op.kind,
        text.shape(graph.shapes.get(node.outputs[0])),
        text.count(parameters(node)),
        text.count(macs(graph, node)),
        "" if limits is None else f"{limits[0]:.4g} to {limits[1]:.4g}",
    )
