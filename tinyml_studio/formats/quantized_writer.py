"""The door to writing quantized ONNX: a Graph and the integers that were made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tinyml_studio.errors import UnsupportedError
from tinyml_studio.formats.writer.integer_forms import why_real
from tinyml_studio.formats.writer.stated import Form, Stated
from tinyml_studio.ir.graph import Graph, Node
from tinyml_studio.ir.ops import Gru, Lstm, Opaque, Operator, StreamBuffer, Svdf

if TYPE_CHECKING:
    from tinyml_studio.formats.writer.quantized_draft import QuantizedDraft

_INSIDE = "it holds integers inside"
_REASONS: Mapping[type[Operator], str] = {
    Lstm: _INSIDE,
    Gru: _INSIDE,
    Svdf: _INSIDE,
    StreamBuffer: "it keeps a state from one run to the next",
}


def write_quantized(graph: Graph, stated: Stated, form: Form) -> bytes:
    """An ONNX model of opset 21 that holds the integers of a network.

    Inputs and outputs are real numbers, under the model's own names, in its own layout and for any
    number of samples. Each layer is written under its name.

    Parameters
    ----------
    graph
        The float network.
    stated
        Its integers.
    form
        `Form.PAIRS`: real operators between pairs of QuantizeLinear and DequantizeLinear.
        `Form.OPERATORS`: operators on integers, which give the very integers of the arithmetic of
        ONNX Runtime; a layer that has none (`real_layers`) is written as with `Form.PAIRS`.

    Raises
    ------
    UnsupportedError
        If a layer cannot be written; names it.
    """
    # the onnx package takes as long to load as the window
    from tinyml_studio.formats.writer.quantized_draft import QuantizedDraft  # noqa: PLC0415

    draft = QuantizedDraft(graph, stated, form)
    for node in graph.nodes:
        _write(draft, node)
    return draft.model()


def real_layers(graph: Graph, stated: Stated) -> Mapping[str, str]:
    """Layers that have no operator on integers, in their order, and why.

    With `Form.OPERATORS` they are real operators between DequantizeLinear and QuantizeLinear, whose
    integers may be one unit beside those of the arithmetic of ONNX Runtime.
    """
    reasons = ((node.name, why_real(graph, stated, node)) for node in graph.nodes)
    return {name: reason for name, reason in reasons if reason}


def _write(draft: QuantizedDraft, node: Node) -> None:
    """One layer."""
    from tinyml_studio.formats.writer.integer_registry import write_on_integers  # noqa: PLC0415
    from tinyml_studio.formats.writer.pairs import write_pairs  # noqa: PLC0415

    reason = node.op.reason if isinstance(node.op, Opaque) else _REASONS.get(type(node.op))
    if reason is not None:
        raise UnsupportedError(
            f"The layer {node.name} ({node.op.kind}) cannot be written as ONNX", detail=reason
        )
    if draft.form is Form.PAIRS or why_real(draft.graph, draft.stated, node):
        write_pairs(draft, node)
    else:
        write_on_integers(draft, node)
