"""How a converter reads one node of the file and adds nodes to the graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.encoding import Encoding, same_grid
from tinyml_studio.formats.folds.call import Budget, whole_numbers
from tinyml_studio.formats.names import Names
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Known, Tensor, Value
from tinyml_studio.formats.wire import Array, Attributes, Foreign, WireNode
from tinyml_studio.ir.found import FoundGrid
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import Operator, Shape
from tinyml_studio.ir.shapes import ShapeMismatchError, output_shapes


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What a converter may know about the rest of the file."""

    opset: int
    batch: int | None  # the batch size that the file is made for; None when any
    layers: Names
    tensors: Names
    lookup: Callable[[str], Value]
    used: Budget  # weights are copied into another layout, for every node that uses them
    grid_of: Callable[[str], FoundGrid | None]  # what a tensor is known to lie on already


@dataclass(frozen=True, eq=False)
class LayerEncoding:
    """What a file says about a layer's weights and bias.

    Parameters
    ----------
    weight
        Along the output channels, where there are several scales.
    bias
        None where it is given in real numbers.
    has_bias
        Whether there is one at all.
    """

    weight: Encoding
    bias: Encoding | None
    has_bias: bool


@dataclass(eq=False)
class Emitter:
    """Collects what becomes of one node; nothing is part of the graph before `commit`."""

    node: WireNode
    around: Surroundings
    rows: bool = False  # every sample has several rows, which the file counts as a batch
    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, FloatArray] = field(default_factory=dict)
    grids: dict[str, FoundGrid] = field(default_factory=dict)
    wishes: list[tuple[str, FoundGrid]] = field(default_factory=list)
    layers: dict[str, LayerEncoding] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def attributes(self) -> Attributes:
        """The node's attributes."""
        return self.node.attributes

    @property
    def opset(self) -> int:
        """Version of the standard operators."""
        return self.around.opset

    def operand(self, index: int) -> Value | None:
        """An operand, or None when it is left out."""
        if not self.has(index):
            return None
        return self.around.lookup(self.node.inputs[index])

    def has(self, index: int) -> bool:
        """Whether an operand is given."""
        return index < len(self.node.inputs) and bool(self.node.inputs[index])

    def tensor(self, index: int = 0) -> tuple[Tensor, Shape]:
        """An operand that the network computes, and the shape of one sample of it.

        Raises
        ------
        Refused
            If it is constant, or its shape is not known.
        Malformed
            If it is missing.
        """
        value = self.operand(index)
        if value is None:
            raise Malformed(f"operand {index} is missing")
        if not isinstance(value, Tensor):
            raise Refused(f"its operand {self.node.inputs[index]!r} is constant")
        if value.shape is None:
            raise Refused(f"the shape of its operand {value.name!r} is not known")
        return value, value.shape

    def constant(self, index: int, what: str) -> Array | None:
        """A constant operand, or None when it is left out; `what` names it in the reason.

        Raises
        ------
        Refused
            If the network computes it, or it depends on the batch size.
        """
        value = self.operand(index)
        if value is None:
            return None
        if isinstance(value, Foreign):
            raise Refused(f"its {what} has the type {value.kind}")
        if isinstance(value, Tensor):
            raise Refused(f"its {what} is computed by the network, not constant")
        if value.other is not None:
            raise Refused(f"its {what} depends on the batch size")
        self.around.used.claim(value.array.shape)
        return value.array

    def weights(self, index: int, what: str) -> FloatArray:
        """A float constant that must be there; raises as `constant`."""
        array = self.constant(index, what)
        if array is None:
            raise Malformed(f"its {what} is missing")
        return self.floats(array, what)

    def floats(self, array: Array, what: str) -> FloatArray:
        """A constant as float32, finite.

        Raises
        ------
        Malformed
            If it is empty, of another type, or not finite.
        """
        if array.dtype != np.float32:
            raise Refused(f"its {what} has the type {array.dtype}")
        if not array.size or not np.isfinite(array).all():
            raise Malformed(f"its {what} is empty, or holds infinity or NaN")
        return array

    def integers(self, name: str, index: int) -> tuple[int, ...] | None:
        """Integers that older files hold as attribute and newer ones as constant operand."""
        if name in self.attributes:
            return self.attributes.integers(name)
        array = self.constant(index, name)
        return None if array is None else whole_numbers(array, name)

    def scalar(self, name: str, index: int, default: float) -> float:
        """A number that older files hold as attribute and newer ones as constant operand."""
        if name in self.attributes:
            return self.attributes.real(name, default)
        array = self.constant(index, name)
        if array is None:
            return default
        if array.size != 1 or array.ndim > 1 or array.dtype != np.float32 or np.isnan(array).any():
            raise Malformed(f"its {name} is not a single number")
        return float(array.item())

    def add(self, op: Operator, *operands: Tensor, suffix: str = "") -> Tensor:
        """Add a node with one output; without a `suffix` it bears the file's name of the node.

        Raises
        ------
        Malformed
            If the operands do not fit the operator.
        """
        return self.add_all(op, *operands, suffix=suffix)[0]

    def add_all(self, op: Operator, *operands: Tensor, suffix: str = "") -> tuple[Tensor, ...]:
        """As `add`, for an operator with several outputs."""
        try:
            shapes = output_shapes(op, tuple(operand.shape for operand in operands))
        except ShapeMismatchError as error:
            raise Malformed(str(error)) from None
        name = self.around.layers.fresh(f"{self.node.name}/{suffix}") if suffix else self.node.name
        made = tuple(
            Tensor(self.around.tensors.fresh(f"{name}:{i}"), s) for i, s in enumerate(shapes)
        )
        inputs = tuple(operand.name for operand in operands)
        self.nodes.append(Node(name, op, inputs, tuple(tensor.name for tensor in made)))
        return made

    def hold(self, array: FloatArray, suffix: str, *, operand: int | None = None) -> Tensor:
        """A constant of the graph, as a tensor; `operand` says whose values it has."""
        name = self.around.tensors.fresh(f"{self.node.name}/{suffix}")
        # Not ascontiguousarray, which gives a single number an axis.
        self.constants[name] = np.asarray(array, np.float32, order="C")
        encoding = None if operand is None else self.encoding(operand)
        if encoding is not None and encoding.is_activation:
            self.grids[name] = encoding.grid
        return Tensor(name, array.shape)

    # ---- what the file states about quantization ------------------------------------------

    def encoding(self, index: int) -> Encoding | None:
        """The integers that a constant operand comes from; None for one of real numbers."""
        value = self.operand(index)
        return value.encoding if isinstance(value, Known) else None

    def adopt(self, tensor: Tensor, grid: FoundGrid) -> None:
        """Say what a tensor of integers lies on.

        Raises
        ------
        Refused
            If it was made with other parameters.
        """
        known = self.grid_of(tensor.name)
        if known is not None and not same_grid(known, grid):
            raise Refused(
                f"its operand {tensor.name!r} was made with scale {known.scale:g} and zero point"
                f" {known.stored_zero_point}, and is read with {grid.scale:g} and"
                f" {grid.stored_zero_point}"
            )
        if known is None:
            self.grids[tensor.name] = grid

    def grid_of(self, tensor: str) -> FoundGrid | None:
        """The grid that a tensor is known to lie on."""
        return self.grids.get(tensor) or self.around.grid_of(tensor)

    def keep_weights(
        self,
        index: int,
        *,
        channels: int,
        bias: int | None = None,
        factors: tuple[float, float] = (1.0, 1.0),
    ) -> None:
        """Note what the file states about the weights of the layer with the node's name.

        Parameters
        ----------
        index, bias
            Positions of the operands.
        channels
            The axis of the weight operand that becomes the output channels.
        factors
            What the layer multiplies weights and bias by: it goes into their scales.
        """
        held = self.encoding(index)
        if held is None:
            return
        if not (held.is_single or held.axis == channels):
            self.remarks.append(
                f"the weights of {self.node.name} have scales along axis {held.axis} and not along"
                " their output channels: they are rounded anew"
            )
            return
        given = None if bias is None else self.operand(bias)
        encoding = given.encoding if isinstance(given, Known) else None
        weight = held.times(factors[0])
        scaled_bias = None if encoding is None else encoding.times(factors[1])
        if weight is not None:
            self.layers[self.node.name] = LayerEncoding(weight, scaled_bias, given is not None)

    def name_outputs(self, made: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """Give the results the file's names; returns them under those names."""
        wanted = {
            tensor.name: name for tensor, name in zip(made, self.node.outputs, strict=False) if name
        }
        self.nodes = [
            replace(
                node,
                inputs=tuple(wanted.get(name, name) for name in node.inputs),
                outputs=tuple(wanted.get(name, name) for name in node.outputs),
            )
            for node in self.nodes
        ]
        self.grids = {wanted.get(name, name): grid for name, grid in self.grids.items()}
        return tuple(replace(tensor, name=wanted.get(tensor.name, tensor.name)) for tensor in made)


class Converter(Protocol):
    """Turns one node of the file into nodes of the graph.

    Raises `Refused` when the node has no counterpart (it becomes `Opaque`), `Malformed` when it
    breaks the rules of ONNX. The tensors returned are the node's outputs, in order.
    """

    def __call__(self, emitter: Emitter, /) -> Tensor | tuple[Tensor, ...]:
        """Convert one node."""
