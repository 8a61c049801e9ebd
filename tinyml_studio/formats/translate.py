"""From `WireModel` to `Graph`, one node after the other."""

from __future__ import annotations

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.errors import GraphError, ModelError
from tinyml_studio.formats.batch_axis import MOVES, convert_moved, has_moved_batch
from tinyml_studio.formats.emitter import Emitter, Surroundings
from tinyml_studio.formats.evaluation import Evaluator
from tinyml_studio.formats.folds.call import Budget
from tinyml_studio.formats.input_shapes import NO_SHAPES, InputShapes, OpenSizes, open_sizes
from tinyml_studio.formats.interface import (
    batch_size,
    declared_shape,
    input_ports,
    stored_inputs,
    with_input_shapes,
)
from tinyml_studio.formats.limits import MAX_USED_ELEMENTS
from tinyml_studio.formats.merged import MIXES, convert_rows, has_merged_operand
from tinyml_studio.formats.names import Names
from tinyml_studio.formats.onnx_ops.registry import CONVERTERS
from tinyml_studio.formats.opaque import emit_opaque
from tinyml_studio.formats.quantized import registry as quantized
from tinyml_studio.formats.quantized.book import Book
from tinyml_studio.formats.quantized.constants import with_encodings
from tinyml_studio.formats.quantized.on_integers import convert_integers
from tinyml_studio.formats.quantized.settle import settled
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.schema import check_schema
from tinyml_studio.formats.unused import needed_nodes
from tinyml_studio.formats.values import Known, Tensor, Value
from tinyml_studio.formats.wire import Foreign, WireModel, WireNode
from tinyml_studio.ir.build import build_graph
from tinyml_studio.ir.graph import Graph, Node, Port
from tinyml_studio.ir.ops import Opaque
from tinyml_studio.progress import Progress


def translate(
    model: WireModel, name: str, progress: Progress, shapes: InputShapes = NO_SHAPES
) -> Graph:
    """The graph of a file; `shapes` are those of inputs with axes that it leaves open.

    Raises
    ------
    OpenSizesError
        If an axis has no size.
    ModelError
        Names the file and the node that breaks a rule of ONNX.
    """
    try:
        return _Translation(with_input_shapes(model, shapes)).run(name, progress)
    except OpenSizes as error:
        raise open_sizes(model.file, error) from None
    except Malformed as error:
        raise ModelError(
            f"{model.file} cannot be read", detail=str(error), hint=error.hint
        ) from None
    except GraphError as error:
        raise ModelError(f"{model.file} cannot be read", detail=str(error)) from None


class _Translation:
    """The values of all tensors so far, and the nodes that make them."""

    def __init__(self, model: WireModel) -> None:
        self._model = model
        self._ports = input_ports(model)
        self._batch = batch_size(model.inputs)
        self._nodes: list[Node] = []
        self._constants: dict[str, FloatArray] = {}
        self._book = Book()
        self._values: dict[str, Value] = {
            tensor: value
            if isinstance(value, Foreign)
            else Known(value, bits=4 if tensor in model.packed else 0)
            for tensor, value in model.initializers.items()
        }
        stored = stored_inputs(model)
        self._book.integer_inputs.update(stored)
        self._values.update(
            {
                port.tensor: Tensor(port.tensor, port.shape, stored=stored.get(port.tensor, ""))
                for port in self._ports
            }
        )
        self._used = {tensor for node in model.nodes for tensor in node.inputs}
        self._used.update(output.name for output in model.outputs)
        tensors = (*self._values, *(tensor for node in model.nodes for tensor in node.outputs))
        self._around = Surroundings(
            opset=model.opset,
            batch=self._batch,
            layers=Names(node.name for node in model.nodes),
            tensors=Names(tensors),
            lookup=self._values.__getitem__,
            used=Budget(MAX_USED_ELEMENTS, "the constants that its nodes use"),
            grid_of=self._book.grid_of,
        )
        self._evaluator = Evaluator(model.opset, self._values.__getitem__)

    def run(self, name: str, progress: Progress) -> Graph:
        """Translate every node, then build the graph of those that an output needs."""
        for index, node in enumerate(self._model.nodes):
            progress(index, len(self._model.nodes), "reading the operators")
            try:
                self._add(node)
            except Malformed as error:
                raise error.at(f"the node {node.name!r} ({node.op_type})") from None
        outputs = self._output_ports()
        nodes, found = settled(
            needed_nodes(self._nodes, [port.tensor for port in outputs]),
            self._ports,
            self._book,
            layers=self._around.layers,
            tensors=self._around.tensors,
        )
        return build_graph(
            name=name,
            inputs=self._ports,
            outputs=outputs,
            nodes=nodes,
            constants=self._constants,
            found=found,
        )

    def _add(self, node: WireNode) -> None:
        """Evaluate a node, or convert it, or keep it as it stands."""
        emitter = Emitter(node, self._around)
        try:
            self._check_standard(node)
            known = self._evaluate(emitter)
            if known is not None:
                self._values.update(zip(node.outputs, known, strict=True))
                return
            made = self._convert(node, emitter)
        except Refused as refusal:
            emitter = Emitter(node, self._around)
            shapes = [declared_shape(self._model, name, self._batch) for name in node.outputs]
            made = emit_opaque(emitter, str(refusal), shapes)
        self._nodes += emitter.nodes
        self._constants.update(emitter.constants)
        self._book.enter(emitter)
        self._values.update({tensor.name: tensor for tensor in made})

    def _check_standard(self, node: WireNode) -> None:
        """Refuse what is not an operator of the standard that we may look at."""
        if quantized.is_quantization(node):
            quantized.check_quantization(node, self._model.opset)
            return
        if (node.domain, node.op_type) in self._model.functions:
            raise Refused("it is a function of the file itself, which is never run")
        if node.domain:
            raise Refused(f"operators of the domain {node.domain!r} are not supported")
        check_schema(node, self._model.opset)

    def _evaluate(self, emitter: Emitter) -> tuple[Known, ...] | None:
        """The results of a node over constants; None where the network computes it."""
        node = emitter.node
        if quantized.is_quantization(node):
            return quantized.evaluate_quantization(emitter)
        known = self._evaluator.evaluate(node)
        if known is None:
            return None
        operands = [emitter.operand(index) for index in range(len(node.inputs))]
        return with_encodings(node, operands, known)

    def _convert(self, node: WireNode, emitter: Emitter) -> tuple[Tensor, ...]:
        """The nodes of the graph for one node of the file."""
        is_quantized = quantized.is_quantization(node)
        converter = (quantized.CONVERTERS if is_quantized else CONVERTERS).get(node.op_type)
        if converter is None:
            raise Refused(f"the operator {node.op_type} is not supported")
        operands = [emitter.operand(index) for index in range(len(node.inputs))]
        computed = [operand for operand in operands if isinstance(operand, Tensor)]
        if not is_quantized and any(tensor.stored for tensor in computed):
            outputs = convert_integers(emitter, converter, computed)
        elif has_moved_batch(node, operands):
            outputs = convert_moved(emitter, converter)
        elif has_merged_operand(node, operands):
            outputs = convert_rows(emitter, converter)
        else:
            made = converter(emitter)
            outputs = made if isinstance(made, tuple) else (made,)
        used = [bool(name) and name in self._used for name in node.outputs]
        if any(used[len(outputs) :]):
            place = "third" if any(used[2:]) else "second"
            raise Refused(f"its {place} output is used")
        if len(node.outputs) < len(outputs) or not any(node.outputs):
            raise Malformed("its output has no name")
        return emitter.name_outputs(outputs)

    def _output_ports(self) -> tuple[Port, ...]:
        """The outputs, in the model's own layout."""
        return tuple(self._output_port(tensor.name) for tensor in self._model.outputs)

    def _output_port(self, name: str) -> Port:
        value = self._values[name]
        if not isinstance(value, Tensor):
            raise Malformed(f"the output {name!r} does not depend on the input")
        tensor = value.name
        if value.is_joined or value.batch_axis:
            tensor = self._opaque_view(value)
        # Behind an operator that is not understood nobody may know the shape.
        shape = value.shape or ()
        return Port(name, tensor, shape, tuple(range(len(shape))))

    def _opaque_view(self, tensor: Tensor) -> str:
        """An output without the batch as an axis in front is shown, and never run."""
        name = self._around.tensors.fresh(f"{tensor.name}/rows")
        layer = self._around.layers.fresh(name)
        kind, reason = ("Reshape", MIXES) if tensor.is_joined else ("Transpose", MOVES)
        self._nodes.append(Node(layer, Opaque(kind, "", reason, (None,)), (tensor.name,), (name,)))
        return name
