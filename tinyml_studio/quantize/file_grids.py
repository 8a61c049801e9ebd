"""Grids that a quantized model's file states, where the scheme asks for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import TypeVar

from tinyml_studio.arith.profile import ARITHMETICS, TFLM, Arithmetic
from tinyml_studio.ir.found import FoundQuantization, FoundWeights
from tinyml_studio.ir.graph import Graph
from tinyml_studio.ir.ops import Opaque
from tinyml_studio.quantize.fixed_outputs import FIXED_OUTPUT_OPERATORS
from tinyml_studio.quantize.grids import activation_grid, fixed_grid
from tinyml_studio.quantize.legality import FOLLOWERS, WEIGHTED
from tinyml_studio.quantize.params import QuantParams
from tinyml_studio.quantize.scheme import Granularity, LayerScheme, RangeMethod, Scheme

Value = TypeVar("Value", bound=Hashable)

REAL_BITS = 8
"""Bits for what a quantized file has in real numbers, however few the rest has."""

_CENTRED_BITS = 16


def file_activation(
    found: FoundQuantization | None, tensor: str, choice: LayerScheme
) -> QuantParams | None:
    """The grid of an activation by the file.

    At the file's own width that very grid, at another width a grid over the same real range. None
    where the choice does not ask for the file's range or the file states none.
    """
    if found is None or choice.range_method is not RangeMethod.FILE:
        return None
    held = found.activations.get(tensor)
    if held is None:
        return None
    if held.bits == choice.activation_bits:
        return fixed_grid(held.scale, held.zero_point, held.bits)
    return activation_grid(*held.limits, choice.activation_bits)


def file_constant(
    found: FoundQuantization | None, tensor: str, choice: LayerScheme
) -> QuantParams | None:
    """The grid of a constant operand by the file: its very integers, also in a wider type.

    None as for `file_activation`, and where the file's integers take more bits than are asked for:
    then the constant's own values say best what it takes to hold them.
    """
    if found is None or choice.range_method is not RangeMethod.FILE:
        return None
    held, bits = found.activations.get(tensor), choice.activation_bits
    if held is None or held.bits > bits:
        return None
    # 16 bits have no zero point; the centred integers of fewer bits fit them
    is_centred = held.bits < bits == _CENTRED_BITS
    return fixed_grid(held.scale, 0 if is_centred else held.zero_point, bits)


def file_weights(
    found: FoundQuantization | None, layer: str, choice: LayerScheme
) -> FoundWeights | None:
    """What the file states about a layer's weights, where the choice leaves them as they are."""
    if found is None or choice.range_method is not RangeMethod.FILE:
        return None
    held = found.weights.get(layer)
    if held is None or held.bits != choice.weight_bits:
        return None
    return held if granularity_of(held) is choice.granularity else None


def weight_grid_of(held: FoundWeights) -> QuantParams:
    """The grid of the file's weights, over the whole type: nothing of it is clipped."""
    return QuantParams(held.type, held.scale, 0, held.type.min, held.type.max)


def granularity_of(held: FoundWeights) -> Granularity:
    """How many scales the file has for the weights."""
    return Granularity.CHANNEL if held.scale.size > 1 else Granularity.TENSOR


def states_inputs(graph: Graph) -> bool:
    """Whether the file states the grid of every input: then no samples are needed to begin."""
    found = graph.found
    return found is not None and all(port.tensor in found.activations for port in graph.inputs)


def file_arithmetic(graph: Graph) -> Arithmetic:
    """The arithmetic that the file was made for; the default for a float model."""
    return TFLM if graph.found is None else ARITHMETICS.get(graph.found.arithmetic, TFLM)


def unstated_outputs(graph: Graph) -> tuple[str, ...]:
    """Layers of a quantized file that it computes in real numbers: their ranges take samples."""
    if graph.found is None:
        return ()
    given = (*FOLLOWERS, *FIXED_OUTPUT_OPERATORS, Opaque)
    return tuple(
        node.name
        for node in graph.nodes
        if not isinstance(node.op, given) and not graph.found.states(node.outputs[0])
    )


def unstated_weights(graph: Graph) -> tuple[str, ...]:
    """Layers of a quantized file whose weights it has in real numbers."""
    if graph.found is None:
        return ()
    return tuple(
        node.name
        for node in graph.nodes
        if isinstance(node.op, WEIGHTED) and node.name not in graph.found.weights
    )


def file_scheme(graph: Graph) -> Scheme:
    """The scheme that leaves every integer of the file as it is; the default for a float model."""
    found = graph.found
    if found is None:
        return Scheme()
    default = _default(found)
    scheme = Scheme(default=default)
    for port in graph.inputs:
        scheme = scheme.with_layer(port.name, _stated(found, default, port.tensor, None))
    for node in graph.nodes:
        choice = _stated(found, default, node.outputs[0], found.weights.get(node.name))
        if isinstance(node.op, WEIGHTED) and node.name not in found.weights:
            choice = replace(choice, weight_bits=REAL_BITS, granularity=Granularity.CHANNEL)
        scheme = scheme.with_layer(node.name, choice)
    return scheme


def _default(found: FoundQuantization) -> LayerScheme:
    """What most layers have."""
    return LayerScheme(
        weight_bits=_most((held.bits for held in found.weights.values()), 8),
        activation_bits=_most((held.bits for held in found.activations.values()), 8),
        granularity=_most(map(granularity_of, found.weights.values()), Granularity.CHANNEL),
        range_method=RangeMethod.FILE,
    )


def _stated(
    found: FoundQuantization, default: LayerScheme, tensor: str, weights: FoundWeights | None
) -> LayerScheme:
    """The choice that a layer's tensors amount to; real numbers keep 8 bits at least."""
    grid = found.activations.get(tensor)
    bits = max(default.activation_bits, REAL_BITS) if grid is None else grid.bits
    return LayerScheme(
        weight_bits=default.weight_bits if weights is None else weights.bits,
        activation_bits=bits,
        granularity=default.granularity if weights is None else granularity_of(weights),
        range_method=RangeMethod.FILE,
    )


def _most(values: Iterable[Value], otherwise: Value) -> Value:
    """The value that occurs most often."""
    counted = Counter(values).most_common(1)
    return counted[0][0] if counted else otherwise
