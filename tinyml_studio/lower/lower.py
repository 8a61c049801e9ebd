"""From a float graph, its statistics and a scheme to the integer program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.arith.profile import TFLM, Arithmetic
from tinyml_studio.errors import UnsupportedError
from tinyml_studio.ir.graph import Graph, Node
from tinyml_studio.ir.internal import internal_tensors
from tinyml_studio.ir.ops import Opaque
from tinyml_studio.lower.bounds import check_instructions
from tinyml_studio.lower.cache import LoweringCache
from tinyml_studio.lower.delegate import handed_on
from tinyml_studio.lower.layer import Layer, Setting, calibrated_grid
from tinyml_studio.lower.registry import REFUSED, RULES
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program, QuantizedTensor
from tinyml_studio.progress import give_way
from tinyml_studio.quantize.range_methods.method import Seen
from tinyml_studio.quantize.scheme import Scheme


@dataclass(frozen=True, eq=False)
class _Lowered:
    """What one layer, or all together, add to the program."""

    tensors: dict[str, QuantizedTensor]
    constants: dict[str, IntArray]
    instructions: tuple[Instruction, ...]


def lower(
    graph: Graph,
    stats: Mapping[str, Seen],
    scheme: Scheme,
    arithmetic: Arithmetic = TFLM,
    *,
    cache: LoweringCache | None = None,
) -> Program:
    """Decide everything about the integer network.

    Parameters
    ----------
    graph
        A prepared network.
    stats
        Statistics of every tensor that takes a calibrated grid, inputs included.
    scheme
        What is asked of each layer.
    arithmetic
        The profile; its rounding is that of the instructions.
    cache
        Results of earlier calls; layers that nothing changed for keep the same instructions.

    Raises
    ------
    UnsupportedError
        If an operator cannot run as integers; names the layer.
    SchemeError
        If a choice cannot run; names the layer.
    """
    whole = _whole(Setting(graph, stats, scheme, cache or LoweringCache(), arithmetic))
    return Program(
        name=graph.name,
        arithmetic=arithmetic,
        tensors=MappingProxyType(whole.tensors),
        constants=MappingProxyType(whole.constants),
        inputs=tuple(port.tensor for port in graph.inputs),
        outputs=tuple(port.tensor for port in graph.outputs),
        instructions=whole.instructions,
    )


def _whole(setting: Setting) -> _Lowered:
    """All layers in order, and the inputs' tensors."""
    if not setting.graph.nodes:
        raise UnsupportedError("The model has no layers: its outputs are its inputs")
    inputs = setting.graph.inputs
    setting.cache.make_room(len(setting.graph.nodes) + len(inputs))
    tensors = {port.tensor: _input_tensor(setting, port.tensor, port.name) for port in inputs}
    constants: dict[str, IntArray] = {}
    instructions: list[Instruction] = []
    for node in setting.graph.nodes:
        give_way()
        layer = _lowered(setting, node, tensors)
        tensors.update(layer.tensors)
        constants.update(layer.constants)
        instructions.extend(layer.instructions)
    return _Lowered(tensors, constants, tuple(instructions))


def _input_tensor(setting: Setting, tensor: str, port: str) -> QuantizedTensor:
    """An input of the model is a layer under its port's name."""
    grid = calibrated_grid(setting, tensor, setting.scheme.of(port))
    shape = setting.graph.shapes[tensor]
    return QuantizedTensor(tensor, shape, grid.params.type, grid.scale, grid.zero_point)


def _lowered(setting: Setting, node: Node, known: Mapping[str, QuantizedTensor]) -> _Lowered:
    """One layer, from the cache where all that its rule reads is the same."""
    read = [
        *(setting.graph.constants.get(name) for name in node.inputs),
        *(setting.stats.get(name) for name in (*node.outputs, *internal_tensors(node))),
    ]
    key = (
        id(node),
        tuple(known[name] for name in node.inputs if name in known),
        tuple(id(one) for one in read),
        setting.scheme.of(node.name),
        setting.scheme.percentile,
        tuple(setting.scheme.ranges.get(name) for name in node.outputs),
        setting.scheme.weight_reach.get(node.name),
        setting.arithmetic,
    )
    return setting.cache.layer(key, (node, read), lambda: _lower_layer(setting, node, known))


def _lower_layer(setting: Setting, node: Node, known: Mapping[str, QuantizedTensor]) -> _Lowered:
    """Apply the operator's rule and check that no accumulator can overflow."""
    if type(node.op) in REFUSED:
        reason = node.op.reason if isinstance(node.op, Opaque) else REFUSED[type(node.op)]
        raise UnsupportedError(
            f"The layer {node.name} ({node.op.kind}) cannot run as integers", detail=reason
        )
    layer = Layer(handed_on(setting, node, known), node, known)
    RULES[type(node.op)](layer)
    check_instructions(layer.instructions, {**known, **layer.tensors}, layer.constants)
    return _Lowered(
        tensors=layer.tensors,
        constants=layer.constants,
        instructions=tuple(layer.instructions),
    )
