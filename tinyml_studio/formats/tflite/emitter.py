"""One operator of the file while it is converted: operands, options and the nodes it becomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.errors import GraphError
from tinyml_studio.formats.names import Names
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.element_types import FLOATS, INT32, INT64, decode
from tinyml_studio.formats.tflite.quantization import (
    SHARES_ZERO_POINT,
    activation_grid,
    dequantized,
    parameters,
)
from tinyml_studio.formats.tflite.schema import WireGraph, WireOperator, WireTensor
from tinyml_studio.formats.tflite.values import Known, Tensor, Value, sample_shape
from tinyml_studio.ir.found import FoundGrid, FoundWeights
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import NO_CLAMP, Clamp, Operator, Shape
from tinyml_studio.ir.shapes import ShapeMismatchError, output_shapes

_ACTIVATIONS = {
    0: NO_CLAMP,
    1: Clamp(low=0.0),
    2: Clamp(-1.0, 1.0),
    3: Clamp(0.0, 6.0),
}
_TO_SHARES = frozenset({"SOFTMAX", "RESHAPE", "SQUEEZE", "EXPAND_DIMS"})
_OF_SHARES = (_TO_SHARES - {"SOFTMAX"}) | {"QUANTIZE", "DEQUANTIZE"}
_MAX_INTEGERS = 64  # in a list of axes, sizes or pads: four for each of sixteen axes


@dataclass(frozen=True)
class Surroundings:
    """What every operator sees of the file.

    `names` has a unique name for every tensor, `fresh` makes further ones, `lookup` says
    what a tensor stands for, and `claim` counts the elements of constants that operators use, and
    refuses too many.
    """

    graph: WireGraph
    batch: int
    names: tuple[str, ...]
    layers: Names
    fresh: Names
    lookup: Callable[[int], Value]
    claim: Callable[[Shape], None]


@dataclass
class Emitter:
    """The workspace of one converter."""

    operator: WireOperator
    around: Surroundings
    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, FloatArray] = field(default_factory=dict)
    grids: dict[str, FoundGrid] = field(default_factory=dict)
    internal: dict[str, FoundGrid] = field(default_factory=dict)
    weights: dict[str, FoundWeights] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    # ---- options --------------------------------------------------------------------------

    def option(self, number: int, kind: str, default: int = 0) -> int:
        """An integer option by its number in the operator's table."""
        options = self.operator.options
        return default if options is None else options.integer(number, kind, default)

    def clamp(self, number: int) -> Clamp:
        """The fused activation."""
        code = self.option(number, "i1")
        if code not in _ACTIVATIONS:
            raise Refused(f"the fused activation number {code} is not supported")
        return _ACTIVATIONS[code]

    # ---- operands -------------------------------------------------------------------------

    def has(self, index: int) -> bool:
        """Whether an operand is given."""
        return index < len(self.operator.inputs) and self.operator.inputs[index] >= 0

    def wire(self, index: int) -> WireTensor:
        """The file's tensor of an operand."""
        if not self.has(index):
            raise Malformed(f"its operand {index} is missing")
        return self.around.graph.tensors[self.operator.inputs[index]]

    def computed(self, index: int = 0) -> tuple[Tensor, Shape]:
        """An operand that the network computes, and its shape."""
        value = self.around.lookup(self.wire(index).index)
        if isinstance(value, Known):
            raise Refused(f"its operand {index} is a constant")
        if value.shape is None:
            raise Refused(f"the shape of its operand {index} is not known")
        if is_of_shares(value.grid) and self.operator.kind not in _OF_SHARES:
            raise Refused(
                f"its operand {index} has 16 bits and a zero point, and no kernel takes it"
            )
        return value, value.shape

    def constant(self, index: int) -> WireTensor:
        """An operand that the file holds the values of."""
        value = self.around.lookup(self.wire(index).index)
        if not isinstance(value, Known):
            raise Refused(f"its operand {index} is computed, and not a constant")
        self.around.claim(value.wire.shape)
        return value.wire

    def integers(self, index: int) -> tuple[int, ...]:
        """A constant list of axes, sizes or the like."""
        wire = self.constant(index)
        if wire.kind not in (INT32, INT64):
            raise Malformed(f"its operand {index} does not hold integers")
        values = decode(wire)
        if values.size > _MAX_INTEGERS:
            raise Malformed(f"its operand {index} has {values.size} values")
        return tuple(int(value) for value in values.reshape(-1))

    def real(self, index: int) -> FloatArray:
        """The real values of a constant in the file's shape."""
        wire = self.constant(index)
        values = decode(wire)
        if wire.kind in FLOATS:
            return values.astype(np.float32)
        found = parameters(wire)
        if found is None:
            raise Refused(f"its operand {index} holds integers without a scale")
        return dequantized(values, found)

    def tensor(self, index: int) -> tuple[Tensor, Shape]:
        """An operand that may be a constant; that becomes a constant tensor of the graph."""
        wire = self.wire(index)
        if isinstance(self.around.lookup(wire.index), Tensor):
            return self.computed(index)
        values = self.real(index)
        values = values[0] if values.ndim > 1 and len(values) == 1 else values
        values.flags.writeable = False
        name = self.around.names[wire.index]
        self.constants[name] = values
        grid = activation_grid(wire)
        if grid is not None:
            self.grids[name] = grid
        return Tensor(name, values.shape, grid), values.shape

    def hold(self, values: FloatArray, beside: Tensor) -> Tensor:
        """A constant that the file does not have, named after the tensor that it goes with."""
        name = self.around.fresh.fresh(f"{beside.name}/factor")
        values.flags.writeable = False
        self.constants[name] = values
        return Tensor(name, values.shape, None)

    # ---- results --------------------------------------------------------------------------

    def output(self, index: int = 0) -> WireTensor:
        """The file's tensor of an output."""
        return self.around.graph.tensors[self.operator.outputs[index]]

    def grid(self, index: int = 0) -> FoundGrid | None:
        """The grid that the file states for an output."""
        return activation_grid(self.output(index), shares=self.operator.kind in _TO_SHARES)

    def output_shape(self, index: int = 0) -> Shape:
        """The shape of one sample that the file states for an output."""
        return sample_shape(self.output(index), self.around.batch)

    def keep_grid(self, operand: int = 0) -> None:
        """Refuse an operator that only moves values when its output lies on another grid."""
        grid = self.computed(operand)[0].grid
        for index in range(len(self.operator.outputs)):
            if not _same_grid(grid, self.grid(index)):
                raise Refused("its output lies on another grid than its input")

    def add(
        self,
        op: Operator,
        *inputs: Tensor,
        grid: FoundGrid | None = None,
        weights: FoundWeights | None = None,
    ) -> Tensor:
        """Add a node in front of the last one, with one output on a grid; returns that."""
        name = self.around.fresh.fresh(f"{self._output_name(0)}/{len(self.nodes) + 1}")
        shape = self._shapes(op, inputs)[0]
        layer = self.around.layers.fresh(op.kind.lower())
        self.nodes.append(Node(layer, op, tuple(held.name for held in inputs), (name,)))
        if grid is not None:
            self.grids[name] = grid
        if weights is not None:
            self.weights[layer] = weights
        return Tensor(name, shape, grid)

    def finish(
        self, op: Operator, *inputs: Tensor, weights: FoundWeights | None = None
    ) -> tuple[Tensor, ...]:
        """Add the last node, whose outputs are those of the file."""
        made = self._shapes(op, inputs)
        outputs = []
        for index, shape in enumerate(made):
            wire = self.output(index)
            self._check_shape(wire, shape)
            grid = self.grid(index)
            outputs.append(Tensor(self._output_name(index), shape, grid))
            if grid is not None:
                self.grids[outputs[-1].name] = grid
        layer = self._layer()
        names = tuple(held.name for held in outputs)
        self.nodes.append(Node(layer, op, tuple(held.name for held in inputs), names))
        if weights is not None:
            self.weights[layer] = weights
        return tuple(outputs)

    def finish_one(self, index: int, op: Operator, *inputs: Tensor) -> Tensor:
        """Add the node that makes one of several outputs of the file."""
        (shape,) = self._shapes(op, inputs)
        wire, name = self.output(index), self._output_name(index)
        self._check_shape(wire, shape)
        grid = activation_grid(wire)
        if grid is not None:
            self.grids[name] = grid
        self.nodes.append(Node(self._layer(), op, tuple(held.name for held in inputs), (name,)))
        return Tensor(name, shape, grid)

    def _check_shape(self, wire: WireTensor, shape: Shape) -> None:
        """Refuse an output of another shape than stated; where sizes are open, ours counts."""
        if wire.dynamic:
            return
        stated = sample_shape(wire, self.around.batch)
        if shape != stated:
            raise Malformed(f"its output has the shape {stated} and should have {shape}")

    def _layer(self) -> str:
        return self.around.layers.fresh(self.operator.kind.lower().replace(" ", "_"))

    def _output_name(self, index: int) -> str:
        return self.around.names[self.operator.outputs[index]]

    def _shapes(self, op: Operator, inputs: Sequence[Tensor]) -> tuple[Shape, ...]:
        """The shapes of a node's outputs, as many as the file has where it is the last one."""
        try:
            made = output_shapes(op, tuple(held.shape for held in inputs))
        except (ShapeMismatchError, GraphError) as error:
            raise Malformed(f"its operands do not fit: {error}") from None
        known = tuple(shape for shape in made if shape is not None)
        if len(known) != len(made) or len(made) > len(self.operator.outputs):
            raise Malformed(f"it makes {len(made)} tensors, and the file says otherwise")
        return known


def is_of_shares(grid: FoundGrid | None) -> bool:
    """Whether it is that of a softmax of 8-bit values with 16 bits."""
    return grid is not None and (grid.bits, grid.zero_point) == (16, SHARES_ZERO_POINT)


def _same_grid(first: FoundGrid | None, second: FoundGrid | None) -> bool:
    """Whether two tensors mean the same numbers by the same integers of ours."""
    if first is None or second is None:
        return first is second
    return replace(first, stored=second.stored) == second
