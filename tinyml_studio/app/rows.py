"""The rows of the layer table."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from tinyml_studio.app.derived import Derived
from tinyml_studio.ir.graph import Node, Port
from tinyml_studio.ir.measure import macs, parameters
from tinyml_studio.ir.ops import Opaque, Shape
from tinyml_studio.lower.registry import REFUSED
from tinyml_studio.quantize.legality import activation_bits, settable_bits
from tinyml_studio.quantize.scheme import Granularity, RangeMethod


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One layer as a person sees it; an input of the model is a row of kind ``Input``.

    Parameters
    ----------
    name, kind
        The layer's name, and its operator.
    output
        Name of the tensor that it makes (the first of several).
    output_shape
        Shape of one sample, channels last; None when it is unknown.
    parameters, macs
        Weights and biases; multiply-accumulates for one sample.
    weight_bits
        None when the layer has no weights.
    activation_bits
        Width of the output; None when the layer cannot run as integers.
    follows
        The layer keeps the width of its input: its own cannot be chosen.
    granularity
        Of the weights' scales; None when the layer has no weights.
    range_method
        How its ranges are chosen.
    manual_range
        The range ``(low, high)`` that the user set for the output, in real units.
    own
        The layer has a choice of its own instead of the default.
    refused
        Why the layer cannot run as integers; empty when it can.
    fixed_bits
        Why the width of the output is the same whatever is asked; empty where it is not.
    """

    name: str
    kind: str
    output: str
    output_shape: Shape | None
    parameters: int
    macs: int
    weight_bits: int | None
    activation_bits: int | None
    follows: bool
    granularity: Granularity | None
    range_method: RangeMethod
    manual_range: tuple[float, float] | None
    own: bool
    refused: str
    fixed_bits: str = ""


_KNOWN: WeakKeyDictionary[Derived, tuple[LayerRow, ...]] = WeakKeyDictionary()


def layer_rows(derived: Derived) -> tuple[LayerRow, ...]:
    """Rows of the inputs of the model, then of its layers in order; made once.

    Saving begins another state of the session that follows from the same document.
    """
    known = _KNOWN.get(derived)
    if known is None:
        ports = tuple(_port_row(derived, port) for port in derived.graph.inputs)
        nodes = tuple(_node_row(derived, node) for node in derived.graph.nodes)
        known = _KNOWN[derived] = (*ports, *nodes)
    return known


def _port_row(derived: Derived, port: Port) -> LayerRow:
    """The row of an input of the model."""
    scheme = derived.document.scheme
    choice = scheme.of(port.name)
    return LayerRow(
        name=port.name,
        kind="Input",
        output=port.tensor,
        output_shape=derived.graph.shapes.get(port.tensor),
        parameters=0,
        macs=0,
        weight_bits=None,
        activation_bits=choice.activation_bits,
        follows=False,
        granularity=None,
        range_method=choice.range_method,
        manual_range=scheme.ranges.get(port.tensor),
        own=port.name in scheme.layers,
        refused="",
    )


def _node_row(derived: Derived, node: Node) -> LayerRow:
    """The row of a layer."""
    graph, scheme = derived.graph, derived.document.scheme
    choice, settable = scheme.of(node.name), settable_bits(graph, node)
    refused = refusal_of(node)
    output = node.outputs[0]
    return LayerRow(
        name=node.name,
        kind=node.op.kind,
        output=output,
        output_shape=graph.shapes.get(output),
        parameters=parameters(node),
        macs=macs(graph, node),
        weight_bits=choice.weight_bits if settable.weights else None,
        activation_bits=None if refused else activation_bits(graph, scheme, node),
        follows=settable.follows is not None,
        granularity=choice.granularity if settable.weights else None,
        range_method=choice.range_method,
        manual_range=scheme.ranges.get(output),
        own=node.name in scheme.layers,
        refused=refused,
        fixed_bits="" if settable.activations or settable.follows else settable.reason,
    )


def refusal_of(node: Node) -> str:
    """Why a layer cannot run as integers; empty when it can."""
    if isinstance(node.op, Opaque):
        return node.op.reason
    return REFUSED.get(type(node.op), "")
