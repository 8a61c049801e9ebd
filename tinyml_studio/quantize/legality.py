"""Which choices of bits a network's layers take, and refusals by name where they do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from tinyml_studio.errors import SchemeError
from tinyml_studio.ir import ops
from tinyml_studio.ir.graph import Graph, Node, Port
from tinyml_studio.quantize.fixed_outputs import FIXED_OUTPUT_OPERATORS
from tinyml_studio.quantize.ranges import check_manual_range
from tinyml_studio.quantize.scheme import (
    LEAST_REACH,
    MOST_REACH,
    LayerScheme,
    RangeMethod,
    Scheme,
)

RECURRENT = (ops.Lstm, ops.Gru, ops.Svdf)
"""Operators with a state; they compute with activations of `RECURRENT_BITS`."""

RECURRENT_BITS = 8

WEIGHTED = (ops.Conv, ops.ConvTranspose, ops.Dense, ops.ChannelAffine, *RECURRENT)
"""Operators with weights of their own."""

FOLLOWERS = (
    ops.MaxPool,
    ops.AveragePool,
    ops.Reshape,
    ops.Transpose,
    ops.Pad,
    ops.Slice,
    ops.Split,
    ops.Gather,
    ops.ResizeBilinear,
    ops.StreamBuffer,
)
"""Operators whose output keeps type, scale and zero point of the input."""


@dataclass(frozen=True, slots=True)
class SettableBits:
    """Which widths a layer takes.

    Parameters
    ----------
    weights, activations
        Whether the width of the weights, of the output can be chosen.
    follows
        The layer (or input) whose activation width this one keeps, or None.
    reason
        Why a width cannot be chosen; empty where both can.
    """

    weights: bool
    activations: bool
    follows: str | None = None
    reason: str = ""


def settable_bits(graph: Graph, layer: Node | Port) -> SettableBits:
    """Which widths apply to a layer or an input of the model."""
    if isinstance(layer, Port):
        return SettableBits(weights=False, activations=True, reason="an input has no weights")
    if isinstance(layer.op, ops.Opaque):
        reason = f"it cannot be quantized: {layer.op.reason}"
        return SettableBits(weights=False, activations=False, reason=reason)
    if isinstance(layer.op, FOLLOWERS):
        leader = _leader(graph, layer)
        return SettableBits(
            weights=False,
            activations=False,
            follows=leader,
            reason=f"{layer.op.kind} keeps the grid of its input, set by {leader}",
        )
    if isinstance(layer.op, RECURRENT):
        reason = f"{layer.op.kind} computes with activations of 8 bits"
        return SettableBits(weights=True, activations=False, reason=reason)
    if isinstance(layer.op, WEIGHTED):
        return SettableBits(weights=True, activations=True)
    if isinstance(layer.op, ops.ArgMax):
        reason = f"{layer.op.kind} has no weights, and gives indices of 16 bits"
    else:
        reason = f"{layer.op.kind} has no weights"
    settable = not isinstance(layer.op, ops.ArgMax)
    return SettableBits(weights=False, activations=settable, reason=reason)


def activation_bits(graph: Graph, scheme: Scheme, node: Node) -> int:
    """The width of a layer's output: what is asked of it or of the layer that it follows.

    Operators with a state have 8 bits, whatever is asked.
    """
    leader = node.name if not isinstance(node.op, FOLLOWERS) else _leader(graph, node)
    found = graph.by_name.get(leader)
    if found is not None and isinstance(found.op, RECURRENT):
        return RECURRENT_BITS
    return scheme.of(leader).activation_bits


def layer_names(graph: Graph) -> tuple[str, ...]:
    """Everything that a scheme can name: the model's inputs, then the nodes in order."""
    return tuple(
        dict.fromkeys([port.name for port in graph.inputs] + [node.name for node in graph.nodes])
    )


def matching_layers(graph: Graph, pattern: str) -> tuple[str, ...]:
    """The layers that a name or a glob (``*``, ``?``, ``[ab]``) stands for.

    A name is taken literally first, so that brackets in it mean themselves.

    Raises
    ------
    SchemeError
        If there is none.
    """
    names = layer_names(graph)
    if pattern in names:
        return (pattern,)
    found = tuple(name for name in names if fnmatchcase(name, pattern))
    if not found:
        raise SchemeError(
            f"No layer is called {pattern!r}"
            if not _is_glob(pattern)
            else f"No layer matches {pattern!r}",
            hint=_closest(pattern, names),
        )
    return found


def with_bits(graph: Graph, scheme: Scheme, pattern: str, text: str) -> Scheme:
    """The scheme with the widths of `text`, such as ``w4a8`` or ``a16``, for matching layers.

    A layer called by its exact name must take every width in `text`; among the layers of a glob
    each takes what applies to it.

    Raises
    ------
    SchemeError
        If nothing matches, `text` is no choice of bits, or a width does not apply; names the layer.
    """
    names = matching_layers(graph, pattern)
    scheme.default.with_bits(text)  # raises where the text is wrong, whatever applies
    asked = {kind for kind in "wa" if kind in text}
    applied: set[str] = set()
    for name in names:
        taken = asked & _taken(graph, name)
        if taken < asked and name == pattern:
            raise _refusal(graph, name, asked - taken)
        if taken:
            scheme = scheme.with_layer(name, _partly(scheme.of(name), text, taken))
            applied |= taken
    if applied < asked:
        raise _refusal(graph, names[0], asked - applied, pattern=pattern)
    return scheme


def check_scheme(graph: Graph, scheme: Scheme) -> None:
    """Check that every choice is about something that the network has and that can take it.

    Raises
    ------
    SchemeError
        If an entry or a range names what is not there, cannot be quantized or has a fixed grid, a
        range is empty, or the percentile is out of range.
    """
    names = dict.fromkeys(layer_names(graph))
    for name in scheme.layers:
        if name not in names:
            raise SchemeError(f"No layer is called {name!r}", hint=_closest(name, tuple(names)))
        node = graph.by_name.get(name)
        if node is not None and isinstance(node.op, ops.Opaque):
            raise _refusal(graph, name, {"w", "a"})
    choices = (scheme.default, *scheme.layers.values())
    if graph.found is None and any(held.range_method is RangeMethod.FILE for held in choices):
        raise SchemeError(
            "The model's file states no ranges",
            hint=f"choose another range method than {RangeMethod.FILE}",
        )
    if not 50.0 < scheme.percentile <= 100.0:
        raise SchemeError(f"A percentile lies above 50 and up to 100, not at {scheme.percentile}")
    for tensor, limits in scheme.ranges.items():
        _check_range(graph, tensor, limits)
    for name, reach in scheme.weight_reach.items():
        _check_weight_reach(graph, name, reach)


def _check_weight_reach(graph: Graph, name: str, reach: float) -> None:
    """Refuse a range of weights where there are none, or an empty one."""
    node = graph.by_name.get(name)
    if node is None:
        raise SchemeError(f"No layer is called {name!r}", hint=_closest(name, layer_names(graph)))
    if not isinstance(node.op, WEIGHTED) or isinstance(node.op, RECURRENT):
        raise SchemeError(
            f"The range of the weights of {name!r} cannot be set",
            detail=f"{node.op.kind} has no weights of one range",
        )
    if not LEAST_REACH <= reach <= MOST_REACH:
        raise SchemeError(
            f"The range of the weights of {name!r} cannot be set",
            detail=f"{reach:g} of the largest; {LEAST_REACH:g} to {MOST_REACH:g} is possible",
        )


def _check_range(graph: Graph, tensor: str, limits: tuple[float, float]) -> None:
    """Refuse a manual range that no grid would follow."""
    ports = {port.tensor for port in graph.inputs}
    if tensor not in graph.producers and tensor not in ports:
        known = [*ports, *graph.producers]
        raise SchemeError(f"No tensor is called {tensor!r}", hint=_closest(tensor, known))
    node = graph.producers.get(tensor)
    if node is not None and isinstance(node.op, FIXED_OUTPUT_OPERATORS):
        raise SchemeError(
            f"The range of {tensor!r} cannot be set",
            detail=f"the output of {node.name} ({node.op.kind}) has a fixed grid",
        )
    has_range = node is None or isinstance(node.op, RECURRENT)
    if node is not None and not has_range and not settable_bits(graph, node).activations:
        reason = settable_bits(graph, node).reason
        raise SchemeError(f"The range of {tensor!r} cannot be set", detail=reason)
    try:
        check_manual_range(limits)
    except SchemeError as error:
        raise SchemeError(f"The range of {tensor!r} cannot be set", detail=str(error)) from error


def _taken(graph: Graph, name: str) -> set[str]:
    """The widths, ``w`` and ``a``, that a layer takes."""
    found = settable_bits(graph, _layer(graph, name))
    return {kind for kind, takes in (("w", found.weights), ("a", found.activations)) if takes}


def _partly(choice: LayerScheme, text: str, taken: set[str]) -> LayerScheme:
    """The choice with only the taken widths of `text`."""
    asked = choice.with_bits(text)
    weights = asked.weight_bits if "w" in taken else choice.weight_bits
    activations = asked.activation_bits if "a" in taken else choice.activation_bits
    return choice.with_bits(f"w{weights}a{activations}")


def _refusal(
    graph: Graph, name: str, kinds: set[str], *, pattern: str | None = None
) -> SchemeError:
    what = " and ".join(
        {"w": "weight bits", "a": "activation bits"}[kind] for kind in sorted(kinds, reverse=True)
    )
    if pattern is not None and pattern != name:
        return SchemeError(f"No layer that matches {pattern!r} takes {what}")
    found = settable_bits(graph, _layer(graph, name))
    return SchemeError(f"The layer {name!r} takes no {what}", detail=found.reason)


def _layer(graph: Graph, name: str) -> Node | Port:
    if name in graph.by_name:
        return graph.by_name[name]
    return next(port for port in graph.inputs if port.name == name)


def _leader(graph: Graph, node: Node) -> str:
    """The layer or input whose width a follower keeps, through other followers."""
    while isinstance(node.op, FOLLOWERS):
        tensor = node.inputs[0]
        if tensor not in graph.producers:
            return next((port.name for port in graph.inputs if port.tensor == tensor), tensor)
        node = graph.producers[tensor]
    return node.name


def _is_glob(pattern: str) -> bool:
    return any(character in pattern for character in "*?[")


def _closest(name: str, names: Iterable[str]) -> str:
    close = get_close_matches(name, list(names), n=3, cutoff=0.4)
    return f"did you mean {', '.join(close)}?" if close else ""
