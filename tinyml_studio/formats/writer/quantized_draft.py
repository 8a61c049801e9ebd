"""A quantized ONNX model in the making: every tensor exists as integers and as real numbers.

What an operator makes is quantized at once; what an operator reads is dequantized, or taken as
integers where the operator computes with those. Inputs and outputs of the model are real numbers
under the model's own names and in its own layout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper

from tinyml_studio.arith.inttype import width_of
from tinyml_studio.formats.writer.draft import Arrange, Attribute, Draft
from tinyml_studio.formats.writer.integer_forms import MOST_SPREAD
from tinyml_studio.formats.writer.layout import Layout, batched, inverse, sample_perm
from tinyml_studio.formats.writer.stated import Form, Stated, StatedConstant, StatedWeights
from tinyml_studio.formats.writer.stored import Container, container
from tinyml_studio.ir.found import FoundGrid
from tinyml_studio.ir.graph import Graph, Node, Port
from tinyml_studio.ir.ops import Conv, ConvTranspose, Dense

OPSET = 21  # the first with 4 and 16 bits in QuantizeLinear
IR_VERSION = 10
MICROSOFT = "com.microsoft"
_GRIDS = frozenset({"QuantizeLinear", "DequantizeLinear"})
_AROUND = frozenset({"Transpose", "Reshape", "Unsqueeze", "Relu", "Clip"})
_INT32 = 1 << 31
_BYTE = 8


class QuantizedDraft(Draft):
    """Collects the nodes of a quantized model of `graph`.

    Parameters
    ----------
    graph
        The float network.
    stated
        Its integers.
    form
        How they are written.
    """

    opset = OPSET

    def __init__(self, graph: Graph, stated: Stated, form: Form) -> None:
        super().__init__(graph)
        self.stated, self.form = stated, form
        self._reserved = {port.name for port in (*graph.inputs, *graph.outputs)}
        self._written.clear()
        self._stored: dict[str, dict[Layout, str]] = {}
        self._shared: dict[tuple[object, ...], str] = {}
        self._layer: Node | None = None
        self._moves = False
        self._labels: set[str] = set()
        for port in graph.inputs:
            self._enter(port)

    # ---- which layer ----------------------------------------------------------------------

    @contextmanager
    def layer(self, node: Node, *, moves: bool = False) -> Iterator[None]:
        """Within it nodes bear the layer's name; with `moves` its writer handles integers."""
        first = len(self._nodes)
        self._layer, self._moves = node, moves
        yield
        self._layer, self._moves = None, False
        self._label(node.name, self._nodes[first:])

    def _label(self, layer: str, nodes: Sequence[NodeProto]) -> None:
        """The first operator of a layer has its name, so that a reader finds the layer again."""
        for node in sorted(nodes, key=_likeness):
            wanted = layer if layer not in self._labels else f"{layer}/{node.output[0]}"
            self._labels.add(wanted)
            node.name = wanted

    # ---- tensors --------------------------------------------------------------------------

    def container(self, grid: FoundGrid) -> Container:
        """The type of an activation; operators on integers have 8 bits at least."""
        packed = self.form is Form.PAIRS
        return container(grid.bits, unsigned=self.stated.unsigned, packed=packed)

    def preferred(self, tensor: str) -> Layout:
        """The layout in which the tensor was made."""
        held = self._stored.get(tensor)
        return next(iter(held)) if held else Layout.LAST

    def is_written(self, tensor: str, layout: Layout) -> bool:
        """Whether it exists in a layout, as integers or real numbers."""
        layout = self._normal(tensor, layout)
        return layout in self._stored.get(tensor, {}) or super().is_written(tensor, layout)

    def read(self, tensor: str, layout: Layout = Layout.LAST) -> str:
        """Real numbers, or integers for a layer that only moves them."""
        if self._moves:
            return self.read_stored(tensor, layout)
        if tensor in self.graph.constants:
            self._written.pop(tensor, None)  # each layer has it on a grid of its own
        layout = self._normal(tensor, layout)
        stored = self._stored.get(tensor)
        if stored and layout not in self._written.setdefault(tensor, {}):
            known = layout if layout in stored else next(iter(stored))
            if known not in self._written[tensor]:
                grid = self.stated.grids[tensor]
                self._written[tensor][known] = self._dequantized(stored[known], grid)
        return super().read(tensor, layout)

    def read_stored(self, tensor: str, layout: Layout = Layout.LAST) -> str:
        """Integers ``(N, ...)``."""
        layout = self._normal(tensor, layout)
        stored = self._stored[tensor]
        if layout not in stored:
            source, name = next(iter(stored.items()))
            perm = sample_perm(self.rank(tensor), Layout.FIRST)
            move = perm if source is Layout.LAST else inverse(perm)
            stored[layout] = self.add("Transpose", [name], perm=batched(move))
        return stored[layout]

    def write(self, tensor: str, name: str, layout: Layout = Layout.LAST) -> None:
        """Quantize real numbers to the tensor's grid."""
        if self._moves:
            self.write_stored(tensor, name, layout)
            return
        grid = self.stated.grids[tensor]
        made = self.add("QuantizeLinear", [name, *self.parameters(grid)])
        if container(grid.bits).bits != self.container(grid).bits:
            made = self._limited(made, grid, (-(1 << (grid.bits - 1)), (1 << (grid.bits - 1)) - 1))
        self.write_stored(tensor, made, layout)

    def write_stored(self, tensor: str, name: str, layout: Layout = Layout.LAST) -> None:
        """Declare that `name` holds the tensor's integers."""
        self._stored.setdefault(tensor, {})[self._normal(tensor, layout)] = name

    def write_limited(self, tensor: str, name: str, layout: Layout = Layout.LAST) -> None:
        """The same behind the limits of the layer, where the type alone does not have them."""
        grid = self.stated.grids[tensor]
        limited = self._limited(name, grid, self.stated.limits[tensor])
        self.write_stored(tensor, limited, layout)

    def _limited(self, name: str, grid: FoundGrid, limits: tuple[int, int]) -> str:
        kind = self.container(grid)
        ends = tuple(end + kind.offset for end in limits)
        if ends == kind.limits:
            return name
        return self.add("Clip", [name, *(self.integer(kind, end) for end in ends)])

    # ---- constants ------------------------------------------------------------------------

    def parameters(self, grid: FoundGrid) -> tuple[str, str]:
        """ONNX names of scale and zero point of an activation."""
        kind = self.container(grid)
        return self.real(grid.scale), self.integer(kind, grid.zero_point + kind.offset)

    def real(self, value: float) -> str:
        """A float32 scalar, shared."""
        key = ("real", value)
        if key not in self._shared:
            self._shared[key] = self.floats(value)
        return self._shared[key]

    def integer(self, kind: Container, value: int) -> str:
        """An integer scalar, shared."""
        key = (kind, value)
        if key not in self._shared:
            self._shared[key] = self.stored(kind, np.array(value))
        return self._shared[key]

    def stored(self, kind: Container, values: NDArray[Any]) -> str:
        """ONNX name of constant integers."""
        name = self._new_name()
        self._initializers.append(kind.proto(values, name))
        return name

    def weights(
        self, node: Node, op: Conv | ConvTranspose | Dense, arrange: Arrange, *, axis: int
    ) -> str:
        """Integers behind a DequantizeLinear, with one scale or one per output channel."""
        if isinstance(op, ConvTranspose) and op.groups > 1 and not self._has_one_scale(node):
            return self._grouped_weights(node, op)
        operands = self.stored_weights(node, arrange, axis=axis)
        if self._has_one_scale(node):
            return self.add("DequantizeLinear", operands)
        return self.add("DequantizeLinear", operands, axis=axis)

    def _grouped_weights(self, node: Node, op: ConvTranspose) -> str:
        """The same with the output channels ``(O, I / g, *k)`` first, moved to ``(I, O / g, *k)``.

        Channels of all groups share an axis of the moved ones, where each could not have its scale.
        """
        operands = self.stored_weights(node, lambda held: np.moveaxis(held, -1, 1), axis=0)
        name = self.add("DequantizeLinear", operands, axis=0)
        filters, depth = op.weight.shape[0], op.weight.shape[-1]
        split = [op.groups, filters // op.groups, depth, *op.kernel]
        name = self.add("Reshape", [name, self.integers(split)])
        name = self.add("Transpose", [name], perm=[0, 2, 1, *range(3, len(split))])
        joined = [op.groups * depth, filters // op.groups, *op.kernel]
        return self.add("Reshape", [name, self.integers(joined)])

    def _has_one_scale(self, node: Node) -> bool:
        return self.stated.weights[node.name].scale.size == 1

    def stored_weights(self, node: Node, arrange: Arrange, *, axis: int) -> list[str]:
        """ONNX names of a layer's integers, of their scale and of their zero point."""
        held = self.stated.weights[node.name]
        integers, scale = arrange(held.integers), held.scale.astype(np.float32)
        if scale.size > 1 and integers.shape[axis] != scale.size:
            raise ValueError(f"{node.name} has {scale.size} scales along another axis")
        kind, zero = self._weight_kind(held)
        name = self.stored(kind, integers + np.int64(zero))
        if held.bits < kind.bits and self.form is Form.PAIRS:
            ends = (-1, 1) if held.bits == 1 else (-(1 << held.bits - 1), (1 << held.bits - 1) - 1)
            name = self.add("Clip", [name, *(self.integer(kind, end) for end in ends)])
        if scale.size == 1:
            return [name, self.real(float(scale[0])), self.integer(kind, zero)]
        return [name, self.floats(scale), self.stored(kind, np.full(scale.size, zero))]

    def _weight_kind(self, held: StatedWeights) -> tuple[Container, int]:
        """The type for a layer's integers, and the zero point that they have there."""
        packed = self.form is Form.PAIRS
        if width_of(held.integers) <= _BYTE:
            if self.stated.unsigned and not packed:  # beside signed ones sums end at 16 bits on x86
                kind = Container(_BYTE, unsigned=True)
                return kind, kind.offset
            return container(min(held.bits, _BYTE), packed=packed), 0
        if held.spread > MOST_SPREAD:
            return Container(16), 0
        kind = Container(_BYTE, self.stated.unsigned)  # no operator has signed beside unsigned
        return kind, kind.limits[0] - int(held.integers.min(initial=0))

    def bias(self, node: Node, op: Conv | ConvTranspose | Dense) -> str:
        """int32 in steps of input scale times weight scale; real numbers where those do not fit."""
        held = self.stated.weights[node.name]
        scale = self.stated.grids[node.inputs[0]].scale * held.scale
        if (np.abs(held.bias) >= _INT32).any():
            return self.floats((held.bias * scale).astype(np.float32))
        bias = self.stored(Container(32), np.broadcast_to(held.bias, op.bias.shape))
        if scale.size == 1:
            return self.add("DequantizeLinear", [bias, self.real(float(np.float32(scale[0])))])
        return self.add("DequantizeLinear", [bias, self.floats(scale.astype(np.float32))], axis=0)

    def operand(self, tensor: str) -> StatedConstant:
        """The integers of a constant operand of the layer that is written."""
        if self._layer is None:
            raise ValueError("a constant belongs to a layer")
        constants = [name for name in self._layer.inputs if name in self.graph.constants]
        return self.stated.constants[self._layer.name][constants.index(tensor)]

    def constant(self, tensor: str, arrange: Arrange) -> str:
        """Real numbers of a constant operand, behind a DequantizeLinear."""
        held = self.operand(tensor)
        return self._dequantized(self.stored_constant(tensor, arrange), held.grid)

    def stored_constant(self, tensor: str, arrange: Arrange) -> str:
        """Integers of a constant operand."""
        held = self.operand(tensor)
        kind = self.container(held.grid)
        return self.stored(kind, arrange(held.integers).astype(np.int64) + kind.offset)

    def _dequantized(self, name: str, grid: FoundGrid) -> str:
        return self.add("DequantizeLinear", [name, *self.parameters(grid)])

    # ---- the whole ------------------------------------------------------------------------

    def contributed(self, op_type: str, inputs: Sequence[str], **attributes: Attribute) -> str:
        """Append a node of ONNX Runtime's own operators."""
        name = self.add(op_type, inputs, **attributes)
        self._nodes[-1].domain = MICROSOFT
        return name

    def _enter(self, port: Port) -> None:
        """An input: quantized in the model's layout, then in a layout of ours."""
        grid = self.stated.grids[port.tensor]
        name = self.add("QuantizeLinear", [port.name, *self.parameters(grid)])
        if container(grid.bits).bits != self.container(grid).bits:
            name = self._limited(name, grid, (-(1 << (grid.bits - 1)), (1 << (grid.bits - 1)) - 1))
        to_first = sample_perm(len(port.perm), Layout.FIRST)
        if port.perm == tuple(range(len(port.perm))):
            self.write_stored(port.tensor, name)
        elif port.perm == inverse(to_first):
            self.write_stored(port.tensor, name, Layout.FIRST)
        else:
            self.write_stored(port.tensor, self.add("Transpose", [name], perm=batched(port.perm)))

    def _leave(self, port: Port) -> str:
        """An output in the model's layout."""
        perm = inverse(port.perm)
        if perm == sample_perm(len(perm), Layout.FIRST):
            return self.read(port.tensor, Layout.FIRST)
        name = self.read(port.tensor)
        moved = perm != tuple(range(len(perm)))
        return self.add("Transpose", [name], perm=batched(perm)) if moved else name

    def model(self) -> bytes:
        """The serialised model with the ports of the graph."""
        ports = self.graph.outputs
        self._name_outputs({port.name: self._leave(port) for port in ports})
        opsets = [helper.make_opsetid("", self.opset)]
        if any(node.domain for node in self._nodes):
            opsets.append(helper.make_opsetid(MICROSOFT, 1))
        model = ModelProto(
            ir_version=IR_VERSION, opset_import=opsets, producer_name="TinyML Studio"
        )
        self._fill(model.graph)
        model.graph.name = self.graph.name
        model.graph.input.extend(map(_port_info, self.graph.inputs))
        model.graph.output.extend(map(_port_info, ports))
        serialised: bytes = model.SerializeToString()
        return serialised

    def _new_name(self) -> str:
        name = super()._new_name()
        while name in self._reserved:
            name = super()._new_name()
        return name


def _likeness(node: NodeProto) -> int:
    """How little a node is what its layer is about."""
    return 2 if node.op_type in _GRIDS else int(node.op_type in _AROUND)


def _port_info(port: Port) -> ValueInfoProto:
    dims: list[int | str] = ["N", *port.shape]
    return helper.make_tensor_value_info(port.name, TensorProto.FLOAT, dims)
