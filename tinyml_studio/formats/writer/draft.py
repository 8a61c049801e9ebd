"""An ONNX model in the making: nodes, constants, and the layouts in which each tensor exists.

Every graph tensor is written once, in the layout that its operator prefers; the other layout is
added by a Transpose when somebody asks for it. Neighbouring convolutions so share one layout, and
only the borders of a convolutional part pay for the change. Names are made here (t0, t1, ...): no
text of the user's file reaches ONNX Runtime.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import (
    GraphProto,
    ModelProto,
    NodeProto,
    TensorProto,
    ValueInfoProto,
    helper,
    numpy_helper,
)

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.writer.layout import Layout, batched, inverse, sample_perm
from tinyml_studio.ir.graph import Graph, Node
from tinyml_studio.ir.ops import Clamp, Conv, ConvTranspose, Dense, Shape

OPSET = 17
AT_ONCE = 1000
IR_VERSION = 8  # the oldest that carries opset 17

Attribute = int | float | str | Sequence[int] | Sequence[float]
Arrange = Callable[[NDArray[Any]], NDArray[Any]]
"""Moves the axes of an array; changes no value."""


class Draft:
    """Collects the ONNX nodes of `graph`; a tensor is asked for by its name and layout."""

    opset = OPSET

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._nodes: list[NodeProto] = []
        self._initializers: list[TensorProto] = []
        self._written: dict[str, dict[Layout, str]] = {}
        self._batch_size: str = ""
        self._count = 0
        for position, port in enumerate(graph.inputs):
            self._written[port.tensor] = {Layout.LAST: f"input_{position}"}

    def shape(self, tensor: str) -> Shape:
        """Shape of one sample in the graph's layout."""
        return self.graph.shapes[tensor]

    def rank(self, tensor: str) -> int:
        """Number of axes of one sample."""
        return len(self.graph.shapes[tensor])

    def constant_operand(self, tensor: str) -> FloatArray | None:
        """The value of a constant operand; None for an activation."""
        return self.graph.constants.get(tensor)

    def preferred(self, tensor: str) -> Layout:
        """The layout that costs nothing: the one in which the tensor was made."""
        written = self._written.get(tensor)
        return next(iter(written)) if written else Layout.LAST

    def read(self, tensor: str, layout: Layout = Layout.LAST) -> str:
        """ONNX name of `tensor` in `layout`, ``(N, ...)``; made when it does not exist yet."""
        layout = self._normal(tensor, layout)
        written = self._written.setdefault(tensor, {})
        if layout not in written:
            written[layout] = self._in_layout(tensor, layout)
        return written[layout]

    def is_written(self, tensor: str, layout: Layout) -> bool:
        """Whether `tensor` already exists in `layout`."""
        return self._normal(tensor, layout) in self._written.get(tensor, {})

    def write(self, tensor: str, name: str, layout: Layout = Layout.LAST) -> None:
        """Declare that the ONNX tensor `name` holds `tensor` in `layout`."""
        self._written.setdefault(tensor, {})[self._normal(tensor, layout)] = name

    def add(self, op_type: str, inputs: Sequence[str], **attributes: Attribute) -> str:
        """Append a node with one output, whose ONNX name is returned."""
        return self.add_many(op_type, inputs, 1, **attributes)[0]

    def add_many(
        self, op_type: str, inputs: Sequence[str], outputs: int, **attributes: Attribute
    ) -> list[str]:
        """Append a node with several outputs."""
        names = [self._new_name() for _ in range(outputs)]
        node = NodeProto(op_type=op_type, input=inputs, output=names)
        node.attribute.extend(helper.make_attribute(*item) for item in attributes.items())
        self._nodes.append(node)
        return names

    def floats(self, values: float | FloatArray) -> str:
        """ONNX name of a new float32 constant."""
        return self._constant(np.asarray(values, dtype=np.float32))

    def integers(self, values: Sequence[int]) -> str:
        """ONNX name of a new int64 vector."""
        return self._constant(np.asarray(values, dtype=np.int64))

    def weights(
        self, node: Node, op: Conv | ConvTranspose | Dense, arrange: Arrange, *, axis: int
    ) -> str:
        """ONNX name of a layer's weights, arranged so that the output channels are along `axis`."""
        del node, axis
        return self.floats(arrange(op.weight))

    def bias(self, node: Node, op: Conv | ConvTranspose | Dense) -> str:
        """ONNX name of a layer's bias ``(O,)``."""
        del node
        return self.floats(op.bias)

    def constant(self, tensor: str, arrange: Arrange) -> str:
        """ONNX name of a constant operand, arranged."""
        return self.floats(arrange(self.graph.constants[tensor]))

    def repeated(self, tensor: str, arrange: Arrange) -> str:
        """A constant operand as ``(N, ...)``: the same for every sample of the batch."""
        if not self._batch_size:
            source = self.graph.inputs[0].tensor
            self._batch_size = self.add("Shape", [self.read(source)], start=0, end=1)
        shape = arrange(self.graph.constants[tensor]).shape
        sizes = self.add("Concat", [self._batch_size, self.integers(shape)], axis=0)
        return self.add(
            "Expand", [self.constant(tensor, lambda held: arrange(held)[np.newaxis]), sizes]
        )

    def clamped(self, name: str, clamp: Clamp) -> str:
        """`name`, limited by `clamp` when that limits anything."""
        if not clamp:
            return name
        if clamp == Clamp(low=0.0):
            return self.add("Relu", [name])
        low = self.floats(clamp.low) if clamp.low > -np.inf else ""
        high = self.floats(clamp.high) if clamp.high < np.inf else ""
        return self.add("Clip", [name, low, high] if high else [name, low])

    def finish(self, outputs: Sequence[str]) -> bytes:
        """The serialised model; its outputs are the tensors `outputs` in the graph's layout."""
        names = [f"output_{position}" for position in range(len(outputs))]
        self._name_outputs(dict(zip(names, map(self.read, outputs), strict=True)))
        opset = helper.make_opsetid("", self.opset)
        model = ModelProto(ir_version=IR_VERSION, opset_import=[opset])
        graph = model.graph
        graph.name = "graph"
        self._fill(graph)
        graph.input.extend(
            self._value_info(f"input_{position}", port.tensor)
            for position, port in enumerate(self.graph.inputs)
        )
        graph.output.extend(map(self._value_info, names, outputs))
        serialised: bytes = model.SerializeToString()
        return serialised

    def _fill(self, graph: GraphProto) -> None:
        """Put nodes and constants in; a copy of all at once would hold up every thread."""
        for start in range(0, len(self._nodes), AT_ONCE):
            graph.node.extend(self._nodes[start : start + AT_ONCE])
        for start in range(0, len(self._initializers), AT_ONCE):
            graph.initializer.extend(self._initializers[start : start + AT_ONCE])

    def _name_outputs(self, sources: Mapping[str, str]) -> None:
        """Rename what nodes make to the outputs' names; only a second output of it is a copy."""
        made = {name for node in self._nodes for name in node.output}
        renamed: dict[str, str] = {}
        for output, source in sources.items():
            if source in made and source not in renamed:
                renamed[source] = output
        for node in self._nodes:
            node.input[:] = [renamed.get(name, name) for name in node.input]
            node.output[:] = [renamed.get(name, name) for name in node.output]
        for output, source in sources.items():
            if renamed.get(source) != output:
                copied = renamed.get(source, source)
                self._nodes.append(helper.make_node("Identity", [copied], [output]))

    def _normal(self, tensor: str, layout: Layout) -> Layout:
        """Vectors and scalars have one layout only."""
        return layout if self.rank(tensor) > 1 else Layout.LAST

    def _in_layout(self, tensor: str, layout: Layout) -> str:
        """Make `tensor` in a layout in which it does not exist."""
        constant = self.graph.constants.get(tensor)
        if constant is not None:
            perm = sample_perm(constant.ndim, layout)
            return self.repeated(tensor, lambda held: held.transpose(perm))
        source, name = next(iter(self._written[tensor].items()))
        perm = sample_perm(self.rank(tensor), Layout.FIRST)
        move = perm if source is Layout.LAST else inverse(perm)
        return self.add("Transpose", [name], perm=batched(move))

    def _constant(self, values: NDArray[np.float32] | NDArray[np.int64]) -> str:
        name = self._new_name()
        contiguous = np.ascontiguousarray(values).reshape(values.shape)
        self._initializers.append(numpy_helper.from_array(contiguous, name))
        return name

    def _new_name(self) -> str:
        self._count += 1
        return f"t{self._count - 1}"

    def _value_info(self, name: str, tensor: str) -> ValueInfoProto:
        dims: list[int | str] = ["N", *self.shape(tensor)]
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)
