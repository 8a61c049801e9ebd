"""From the file's structure to `Graph`, one operator after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.errors import GraphError, ModelError
from tinyml_studio.formats.input_shapes import (
    NO_SHAPES,
    Dims,
    InputShapes,
    OpenSizes,
    need_sizes,
    open_sizes,
    with_sizes,
)
from tinyml_studio.formats.limits import MAX_USED_ELEMENTS
from tinyml_studio.formats.names import Names
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.batch_moves import fold_moves
from tinyml_studio.formats.tflite.dilation import fold_dilations
from tinyml_studio.formats.tflite.dilation_1d import fold_sequences
from tinyml_studio.formats.tflite.element_types import FLOATS, INT32, INT64, QUANTIZED, type_name
from tinyml_studio.formats.tflite.emitter import Emitter, Surroundings
from tinyml_studio.formats.tflite.opaque import emit_opaque
from tinyml_studio.formats.tflite.ops.registry import CONVERTERS
from tinyml_studio.formats.tflite.quantization import activation_grid, integers_as_they_are
from tinyml_studio.formats.tflite.schema import WireGraph, WireOperator, WireTensor, parse
from tinyml_studio.formats.tflite.shape_arithmetic import fold_shapes, folded
from tinyml_studio.formats.tflite.state import STATEFUL
from tinyml_studio.formats.tflite.values import Known, Tensor, Value, sample_shape
from tinyml_studio.formats.tflite.variables import fold_variables
from tinyml_studio.formats.unused import needed_nodes
from tinyml_studio.ir.build import build_graph
from tinyml_studio.ir.found import FoundGrid, FoundQuantization, FoundWeights
from tinyml_studio.ir.graph import Graph, Node, Port
from tinyml_studio.ir.ops import Opaque, Shape
from tinyml_studio.progress import Progress

_BETWEEN = frozenset({"QUANTIZE", "DEQUANTIZE", "ARG_MAX", "ARG_MIN"})  # whose sides may differ


def read_tflite(
    data: bytes,
    *,
    file: str,
    name: str,
    progress: Progress,
    shapes: InputShapes = NO_SHAPES,
) -> Graph:
    """The graph of a TensorFlow Lite file, with the quantization that it states.

    Parameters
    ----------
    data
        The whole file.
    file
        What errors call it.
    name
        The name of the graph.
    progress
        Told how far the reading is.
    shapes
        Of inputs with axes whose size the file leaves open.

    Raises
    ------
    ModelError
        Names the file and the place that breaks a rule.
    """
    try:
        graph = with_input_shapes(parse(data), shapes)
        return _Translation(_folded(graph)).run(name, progress)
    except OpenSizes as error:
        raise open_sizes(file, error) from None
    except Malformed as error:
        raise ModelError(f"{file} cannot be read", detail=str(error), hint=error.hint) from None
    except GraphError as error:
        raise ModelError(f"{file} cannot be read", detail=str(error)) from None


def with_input_shapes(graph: WireGraph, given: InputShapes) -> WireGraph:
    """The graph with inputs of fixed sizes; raises `OpenSizes` where one has none."""
    inputs = {graph.tensors[index].name: index for index in graph.inputs}
    declared = {name: _declared(graph.tensors[index]) for name, index in inputs.items()}
    sizes = with_sizes(declared, given)
    need_sizes({name: sizes[name] for name, at in inputs.items() if graph.tensors[at].dynamic})
    tensors = list(graph.tensors)
    for name, index in inputs.items():
        tensor = tensors[index]
        if tensor.dynamic:
            shape = (*tensor.shape[:1], *(int(size or 0) for size in sizes[name][1:]))
            tensors[index] = replace(tensor, shape=shape, dynamic=False, open_axes=())
    return replace(graph, tensors=tuple(tensors))


def _declared(tensor: WireTensor) -> Dims:
    """The sizes of an input, None where one is open."""
    return tuple(None if axis in tensor.open_axes else n for axis, n in enumerate(tensor.shape))


def _folded(graph: WireGraph) -> WireGraph:
    """The graph with operators that only stand for others together as those."""
    for fold in (fold_shapes, fold_variables, fold_dilations, fold_sequences, fold_moves):
        graph = fold(graph)
    return graph


class _Translation:
    """The values of all tensors so far, and the nodes that make them."""

    def __init__(self, graph: WireGraph) -> None:
        self._graph, self._tensors = graph, list(graph.tensors)
        self._batch = _batch_size(graph)
        names = Names(tensor.name for tensor in graph.tensors)
        self._names = tuple(
            names.claim(tensor.name, f"tensor_{tensor.index}") for tensor in graph.tensors
        )
        self._values: dict[int, Value] = {
            tensor.index: Known(tensor)
            for tensor in graph.tensors
            if tensor.data is not None or 0 in tensor.shape
        }
        self._nodes: list[Node] = []
        self._constants: dict[str, FloatArray] = {}
        self._grids: dict[str, FoundGrid] = {}
        self._internal: dict[str, FoundGrid] = {}
        self._weights: dict[str, FoundWeights] = {}
        self._remarks: list[str] = []
        self._used = 0
        self._ports = [self._input_port(index) for index in graph.inputs]
        self._around = Surroundings(
            graph=graph,
            batch=self._batch,
            names=self._names,
            layers=Names(()),
            fresh=names,
            lookup=self._lookup,
            claim=self._claim,
        )

    def run(self, name: str, progress: Progress) -> Graph:
        """Translate every operator, then build the graph."""
        operators = self._graph.operators
        for operator in operators:
            progress(operator.index, len(operators), "reading the operators")
            try:
                self._add(operator)
            except Malformed as error:
                raise error.at(operator.place) from None
        outputs = [self._output_port(index) for index in self._graph.outputs]
        return build_graph(
            name=name,
            inputs=self._ports,
            outputs=outputs,
            nodes=self._needed([port.tensor for port in outputs]),
            constants=self._constants,
            found=self._found(),
        )

    def _found(self) -> FoundQuantization | None:
        """What the file states, None for a float model."""
        if not self._grids and not self._weights:
            return None
        return FoundQuantization(
            self._grids, self._weights, remarks=tuple(self._remarks), internal=self._internal
        )

    def _add(self, operator: WireOperator) -> None:
        """Convert an operator, or keep it as it stands."""
        if any(index in self._values for index in operator.outputs):
            raise Malformed("its output has a value already")
        if operator.kind == "DEQUANTIZE" and self._is_constant(operator):
            self._values[operator.outputs[0]] = self._values[operator.inputs[0]]
            return
        size = folded(operator, self._tensors)
        if size is not None:
            self._tensors[size.index], self._values[size.index] = size, Known(size)
            return
        emitter = Emitter(operator, self._around)
        try:
            made = self._convert(emitter)
        except Refused as refusal:
            emitter = Emitter(operator, self._around)
            made = emit_opaque(emitter, str(refusal))
        self._nodes += emitter.nodes
        self._constants.update(emitter.constants)
        self._grids.update(emitter.grids)
        self._internal.update(emitter.internal)
        self._weights.update(emitter.weights)
        self._remarks += emitter.remarks
        self._values.update(zip(operator.outputs, made, strict=True))
        self._measure(operator)

    def _measure(self, operator: WireOperator) -> None:
        """Take the shapes that were found for those that the file leaves open."""
        for index in operator.outputs:
            value, tensor = self._values[index], self._tensors[index]
            if tensor.dynamic and isinstance(value, Tensor) and value.shape is not None:
                shape = (self._batch, *value.shape)
                self._tensors[index] = replace(tensor, shape=shape, dynamic=False)

    def _needed(self, outputs: Sequence[str]) -> Sequence[Node]:
        """The nodes without unknown ones for shapes and the like that nothing else depends on."""
        sizes = {self._names[held.index] for held in self._tensors if held.kind in (INT32, INT64)}
        roots = [*outputs]
        for node in self._nodes:
            if not isinstance(node.op, Opaque) or not sizes.issuperset(node.outputs):
                roots += node.outputs
        return needed_nodes(self._nodes, roots)

    def _is_constant(self, operator: WireOperator) -> bool:
        return len(operator.inputs) == 1 and isinstance(self._lookup(operator.inputs[0]), Known)

    def _convert(self, emitter: Emitter) -> tuple[Tensor, ...]:
        """The nodes for one operator."""
        kind = emitter.operator.kind
        converter = CONVERTERS.get(kind)
        if converter is None:
            raise Refused(f"the operator {kind} is not supported")
        for index in (*emitter.operator.inputs, *emitter.operator.outputs):
            if index >= 0 and (reason := self._refusal(self._graph.tensors[index], kind)):
                raise Refused(f"tensor {index} cannot be used: {reason}")
        made = converter(emitter)
        if len(made) != len(emitter.operator.outputs):
            raise Malformed(f"it has {len(emitter.operator.outputs)} outputs, not {len(made)}")
        if kind not in _BETWEEN:
            self._check_domain(emitter, made)
        for name, grid in emitter.grids.items():
            if self._grids.get(name, grid) != grid:
                raise Refused("its input is brought on two different grids")
        return made

    def _refusal(self, tensor: WireTensor, kind: str) -> str:
        """Why an operator cannot have a tensor; empty where it can."""
        if tensor.variable and kind not in STATEFUL:
            return "it keeps a state between inferences"
        return tensor.refused

    def _check_domain(self, emitter: Emitter, made: tuple[Tensor, ...]) -> None:
        """An operator computes with integers or with real numbers, never with both."""
        tensors, inputs = self._graph.tensors, emitter.operator.inputs
        given = [index for index in inputs if index >= 0 and not tensors[index].variable]
        values = [self._lookup(index) for index in given]
        computed = [held for held in (*values, *made) if isinstance(held, Tensor)]
        if len({held.grid is None for held in computed}) > 1:
            raise Refused("it mixes real and quantized tensors")

    def _lookup(self, index: int) -> Value:
        if index not in self._values:
            raise Malformed(f"tensor {index} is read before an operator makes it")
        return self._values[index]

    def _claim(self, shape: Shape) -> None:
        self._used += prod(shape)
        if self._used > MAX_USED_ELEMENTS:
            raise Malformed(f"its operators use more than {MAX_USED_ELEMENTS} constants")

    def _input_port(self, index: int) -> Port:
        """An input of the model, in its own layout."""
        tensor, place = self._graph.tensors[index], f"input tensor {index}"
        if index in self._values:
            raise Malformed(f"{place} is a constant, or named twice")
        if tensor.kind not in FLOATS and tensor.kind not in QUANTIZED:
            raise Malformed(
                f"{place} is of type {type_name(tensor.kind)}; real numbers and integers of 8 or"
                " 16 bits are read"
            )
        if reason := self._refusal(tensor, "input"):
            raise Malformed(f"{place} cannot be used: {reason}")
        try:
            shape, grid = sample_shape(tensor, self._batch), integers_as_they_are(tensor)
            if grid is None:
                grid = activation_grid(tensor)
            else:
                name = self._names[index]
                self._remarks.append(
                    f"the input {name!r:.80} has no scale: its integers are taken as they are"
                )
        except Refused as refusal:
            raise Malformed(f"{place} cannot be used: {refusal}") from None
        name = self._names[index]
        self._values[index] = Tensor(name, shape, grid)
        if grid is not None:
            self._grids[name] = grid
        return Port(name, name, shape, tuple(range(len(shape))))

    def _output_port(self, index: int) -> Port:
        """An output of the model."""
        value = self._lookup(index)
        if isinstance(value, Known):
            raise Malformed(f"output tensor {index} does not depend on the input")
        shape = value.shape or ()
        return Port(self._names[index], value.name, shape, tuple(range(len(shape))))


def _batch_size(graph: WireGraph) -> int:
    """The first axis of the inputs."""
    sizes = {_tensor_batch(graph.tensors[index]) for index in graph.inputs}
    if len(sizes) != 1:
        raise Malformed(f"its inputs are made for different numbers of samples: {sorted(sizes)}")
    return sizes.pop()


def _tensor_batch(tensor: WireTensor) -> int:
    """The number of samples that an input is made for."""
    if not tensor.shape or tensor.shape[0] < 1:
        raise Malformed(f"input tensor {tensor.index} has the shape {tensor.shape}")
    return tensor.shape[0]
