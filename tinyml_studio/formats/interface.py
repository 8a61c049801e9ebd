"""Inputs and outputs of a file: which axis is the batch, and what an input may hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tinyml_studio.formats.element_types import (
    FLOATS,
    INT8,
    INT16,
    INT32,
    UINT8,
    UINT16,
    type_name,
)
from tinyml_studio.formats.input_shapes import InputShapes, need_sizes, with_sizes
from tinyml_studio.formats.limits import MAX_DIM
from tinyml_studio.formats.quantized.on_integers import MOVERS
from tinyml_studio.formats.quantized.registry import is_quantization
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.wire import WireModel, WireTensor
from tinyml_studio.ir.graph import Port
from tinyml_studio.ir.ops import Shape

_CASTABLE = frozenset({UINT8, INT8, INT32})
_QUANTIZED = frozenset({UINT8, INT8, UINT16, INT16})


def input_ports(model: WireModel) -> tuple[Port, ...]:
    """The inputs of fixed sizes, in the model's own layout and without their batch axis.

    Raises
    ------
    Malformed
        If there is none, or one is too large or has a type that is not read.
    """
    if not model.inputs:
        raise Malformed("it has no input")
    return tuple(_port(model, tensor) for tensor in model.inputs)


def batch_size(inputs: Sequence[WireTensor]) -> int | None:
    """The number of samples that the file is made for; None when it takes any number.

    Raises
    ------
    Malformed
        If the inputs are made for different numbers.
    """
    fixed = {first for tensor in inputs if isinstance(first := _first(tensor), int) and first > 0}
    if len(fixed) > 1:
        raise Malformed(f"the first axes of its inputs, the batch, have sizes {sorted(fixed)}")
    return next(iter(fixed), None)


def declared_shape(model: WireModel, tensor: str, batch: int | None) -> Shape | None:
    """What the file says about one sample of a tensor, if it says enough.

    The first axis must look like the batch: the inputs' fixed size, or no fixed size.
    """
    dims = model.declared[tensor].dims if tensor in model.declared else None
    if not dims or (isinstance(dims[0], int) and dims[0] != batch):
        return None
    sizes = tuple(size for size in dims[1:] if isinstance(size, int) and 0 < size <= MAX_DIM)
    return sizes if len(sizes) == len(dims) - 1 else None


def _first(tensor: WireTensor) -> int | str | None:
    return tensor.dims[0] if tensor.dims else None


def _port(model: WireModel, tensor: WireTensor) -> Port:
    """One input as a port that nothing has moved yet."""
    _check_type(model, tensor)
    sizes: list[int] = []
    for axis, size in enumerate(tensor.dims or ()):
        if axis and isinstance(size, int):
            if size > MAX_DIM:
                raise Malformed(f"axis {axis} of the input {tensor.name!r} has the size {size}")
            sizes.append(size)
    return Port(tensor.name, tensor.name, tuple(sizes), tuple(range(len(sizes))))


def with_input_shapes(model: WireModel, given: InputShapes) -> WireModel:
    """The model with inputs of fixed sizes but for the batch.

    Raises
    ------
    Malformed
        If an input has no axis but the batch, or `given` contradicts the file.
    OpenSizes
        If an axis has no size, nor is one given.
    """
    for tensor in model.inputs:
        if tensor.dims is None or len(tensor.dims) < 2:
            raise Malformed(
                f"the input {tensor.name!r} needs a batch axis and at least one axis of values"
            )
    dims = with_sizes({tensor.name: tensor.dims or () for tensor in model.inputs}, given)
    need_sizes(dims)
    inputs = tuple(replace(tensor, dims=dims[tensor.name]) for tensor in model.inputs)
    return replace(model, inputs=inputs)


def stored_inputs(model: WireModel) -> dict[str, str]:
    """The integer type of every input that holds a quantized tensor's integers."""
    return {
        tensor.name: type_name(tensor.element)
        for tensor in model.inputs
        if tensor.element in _QUANTIZED and not _is_cast(model, tensor)
    }


def _check_type(model: WireModel, tensor: WireTensor) -> None:
    """Floats, integers that are converted to float first, or those of a quantized tensor."""
    if tensor.element in FLOATS or (tensor.element in _CASTABLE and _is_cast(model, tensor)):
        return
    readers = [node for node in model.nodes if tensor.name in node.inputs]
    moved = all(
        is_quantization(node) or (not node.domain and node.op_type in MOVERS) for node in readers
    )
    if tensor.element not in _QUANTIZED or not moved:
        raise Malformed(
            f"the input {tensor.name!r} has the type {type_name(tensor.element)};"
            " float inputs are read, quantized ones, and integers that a Cast makes float"
        )


def _is_cast(model: WireModel, tensor: WireTensor) -> bool:
    """Whether all that reads an input makes it float."""
    return all(
        node.op_type == "Cast" and node.attributes.values.get("to") in FLOATS
        for node in model.nodes
        if tensor.name in node.inputs
    )
