"""Tensors whose batch is another axis than the first, as recurrent operators have it.

ONNX wants ``(T, N, I)`` and gives ``(T, directions, N, H)``; exporters put transpositions around.
In the graph the batch is never written, so such a tensor is that of one sample as any other; only
operators that say where its axes go, or that treat every element alike, may read it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tinyml_studio.formats.emitter import Converter, Emitter
from tinyml_studio.formats.folds.call import normal_axes
from tinyml_studio.formats.joined_axes import reshaped
from tinyml_studio.formats.onnx_ops import function
from tinyml_studio.formats.onnx_ops.slicing import gathered, sliced
from tinyml_studio.formats.onnx_ops.split import split_along
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Known, Tensor, Value
from tinyml_studio.formats.wire import WireNode
from tinyml_studio.ir.ops import Concat, Identity, Reshape, Transpose

MOVES = "it moves the batch"
RECURRENT = frozenset({"GRU", "LSTM"})
_ELEMENTWISE = frozenset(
    {
        *("Clip", "HardSigmoid", "HardSwish", "LeakyRelu", "Relu", "Sigmoid", "Tanh"),
        *("Cast", "Dropout", "Gelu", "Identity", "Neg"),
        *(*function.PLAIN, *function.WITH_ALPHA),
    }
)

_LAST_AXIS: Mapping[str, int | None] = {
    "LayerNormalization": -1,
    "LogSoftmax": None,
    "Softmax": None,
}
"""Operators along an axis, and what it is where the file does not say (None: the opset says it)."""

_BINARY = ("Add", "Sub", "Mul", "Div", "Pow")


def has_moved_batch(node: WireNode, operands: Sequence[Value | None]) -> bool:
    """Whether a node reads a tensor with the batch elsewhere, or puts it there."""
    if node.op_type in RECURRENT:
        return False  # their converters look themselves
    tensors = [operand for operand in operands if isinstance(operand, Tensor)]
    if node.op_type == "Transpose":
        return True
    if any(tensor.is_joined for tensor in tensors):
        return node.op_type == "Reshape" and any(tensor.batch_axis for tensor in tensors)
    return any(tensor.batch_axis for tensor in tensors)


def convert_moved(emitter: Emitter, converter: Converter) -> tuple[Tensor, ...]:
    """Convert a node on a tensor with the batch elsewhere.

    Raises
    ------
    Refused
        If the node is not one of those that may read it.
    """
    kind = emitter.node.op_type
    if kind == "Split":
        return _split(emitter)
    if kind in _OWN:
        return (_OWN[kind](emitter),)
    alike = kind in _ELEMENTWISE or _is_along_last_axis(emitter) or _meets_rows_only(emitter)
    if not alike:
        raise Refused("the batch is not the first axis of its operand")
    tensor = next(held for held in _operands(emitter) if isinstance(held, Tensor))
    lookup = emitter.around.lookup

    def first(name: str) -> Value:
        value = lookup(name)
        return replace(value, batch_axis=0) if isinstance(value, Tensor) else value

    emitter.around = replace(emitter.around, lookup=first)
    made = converter(emitter)
    outputs = made if isinstance(made, tuple) else (made,)
    return tuple(replace(one, batch_axis=tensor.batch_axis) for one in outputs)


def _operands(emitter: Emitter) -> list[Value | None]:
    return [emitter.operand(index) for index in range(len(emitter.node.inputs))]


def _is_along_last_axis(emitter: Emitter) -> bool:
    """Whether an operator works along the last axis alone, which is not the batch."""
    if emitter.node.op_type not in _LAST_AXIS:
        return False
    default = _LAST_AXIS[emitter.node.op_type]
    if default is None:
        default = -1 if emitter.opset >= 13 else 1
    tensor, shape = emitter.tensor()
    (axis,) = normal_axes((emitter.attributes.integer("axis", default),), len(shape) + 1)
    return tensor.batch_axis < axis == len(shape)


def _meets_rows_only(emitter: Emitter) -> bool:
    """Whether an operator of two operands treats alike everything along the batch.

    Its other operand has the batch on the same axis of as many, or is a constant with fewer axes
    than there are behind the batch; a matrix may be as large, as it meets the last axis only.
    """
    if emitter.node.op_type not in (*_BINARY, "MatMul"):
        return False
    operands = _operands(emitter)
    computed = [held for held in operands if isinstance(held, Tensor)]
    known = [held for held in operands if isinstance(held, Known)]
    batch_axis, rank = computed[0].batch_axis, len(computed[0].shape or ())
    alike = {(held.batch_axis, len(held.shape or ())) for held in computed} == {(batch_axis, rank)}
    if emitter.node.op_type == "MatMul":
        is_last = isinstance(operands[1], Known) and operands[1].array.ndim == 2
        return is_last and batch_axis < rank
    return alike and all(held.array.ndim <= rank - batch_axis for held in known)


def _split(emitter: Emitter) -> tuple[Tensor, ...]:
    """Parts along an axis of the sample."""
    tensor, shape = emitter.tensor()
    (axis,) = normal_axes((emitter.attributes.integer("axis", 0),), len(shape) + 1)
    made = split_along(emitter, tensor, shape, _sample_axis(axis, tensor))
    return tuple(replace(one, batch_axis=tensor.batch_axis) for one in made)


def _sample_axis(axis: int, tensor: Tensor) -> int:
    """The axis of the sample that an axis of the file is."""
    if axis == tensor.batch_axis:
        raise Refused("it works along the batch")
    return axis - (axis > tensor.batch_axis)


def _transpose(emitter: Emitter) -> Tensor:
    """The axes of the sample in their new order, and where the batch is then."""
    tensor, shape = emitter.tensor()
    rank = len(shape) + (not tensor.is_joined)
    perm = emitter.attributes.integers("perm")
    perm = tuple(reversed(range(rank))) if perm is None else perm
    if sorted(perm) != list(range(rank)):
        raise Malformed(f"{list(perm)} is not an order of {rank} axes")
    if tensor.is_joined:
        made = emitter.add(Transpose(perm), tensor)
        axis = perm.index(tensor.batch_axis - tensor.trailing) + tensor.trailing
        return replace(made, batch_axis=axis, merged=tensor.merged, trailing=tensor.trailing)
    order = tuple(_sample_axis(axis, tensor) for axis in perm if axis != tensor.batch_axis)
    moved = order != tuple(range(len(shape)))
    made = emitter.add(Transpose(order) if moved else Identity(), tensor)
    return replace(made, batch_axis=perm.index(tensor.batch_axis))


def _squeeze(emitter: Emitter) -> Tensor:
    """Remove axes of size 1 of the sample."""
    tensor, shape = emitter.tensor()
    axes = emitter.integers("axes", 1)
    if axes is None:
        raise Refused("it does not say which axes to remove")
    file_axes = normal_axes(axes, len(shape) + 1)
    gone = {_sample_axis(axis, tensor) for axis in file_axes}
    if any(shape[axis] != 1 for axis in gone):
        raise Malformed(f"the axes {list(axes)} of a sample of shape {list(shape)} are not all 1")
    kept = tuple(size for axis, size in enumerate(shape) if axis not in gone)
    before = sum(axis < tensor.batch_axis for axis in file_axes)
    made = emitter.add(Reshape(kept), tensor)
    return replace(made, batch_axis=tensor.batch_axis - before)


def _unsqueeze(emitter: Emitter) -> Tensor:
    """Insert axes of size 1 into the sample."""
    tensor, shape = emitter.tensor()
    axes = emitter.integers("axes", 1)
    if axes is None:
        raise Malformed("it does not say which axes to insert")
    rank = len(shape) + 1 + len(axes)
    new = normal_axes(axes, rank)
    kept = [axis for axis in range(rank) if axis not in new]
    place = kept[tensor.batch_axis]
    sizes = dict(zip((axis for axis in kept if axis != place), shape, strict=True))
    made = tuple(sizes.get(axis, 1) for axis in range(rank) if axis != place)
    return replace(emitter.add(Reshape(made), tensor), batch_axis=place)


def _concat(emitter: Emitter) -> Tensor:
    """Tensors joined along an axis of the sample."""
    tensors = [emitter.tensor(index)[0] for index in range(len(emitter.node.inputs))]
    if len({tensor.batch_axis for tensor in tensors}) > 1:
        raise Refused("its operands have the batch on different axes")
    rank = len(tensors[0].shape or ()) + 1
    (axis,) = normal_axes((emitter.attributes.integer("axis", 0),), rank)
    made = emitter.add(Concat(_sample_axis(axis, tensors[0])), *tensors)
    return replace(made, batch_axis=tensors[0].batch_axis)


def _gather(emitter: Emitter) -> Tensor:
    """Evenly spaced indices along an axis of the sample; a single number drops it."""
    tensor, shape = emitter.tensor()
    (axis,) = normal_axes((emitter.attributes.integer("axis", 0),), len(shape) + 1)
    made = gathered(emitter, tensor, shape, _sample_axis(axis, tensor))
    dropped = len(made.shape or ()) < len(shape) and axis < tensor.batch_axis
    return replace(made, batch_axis=tensor.batch_axis - dropped)


def _slice(emitter: Emitter) -> Tensor:
    """A part of the axes of the sample, which keep their places."""
    tensor, shape = emitter.tensor()
    return replace(sliced(emitter, tensor, shape), batch_axis=tensor.batch_axis)


_OWN: Mapping[str, Callable[[Emitter], Tensor]] = {
    "Concat": _concat,
    "Gather": _gather,
    "Reshape": reshaped,
    "Slice": _slice,
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
