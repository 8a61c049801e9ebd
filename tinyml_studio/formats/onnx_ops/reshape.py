"""Reshape of a computed tensor: the batch must stay the first axis."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.folds.call import whole_numbers
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import BATCHES, Known, Tensor, is_batch
from tinyml_studio.ir.ops import Reshape, Shape

_MIXES = "it mixes the batch with other axes"


def convert(emitter: Emitter) -> Tensor:
    """Derive the shape of one sample from the target shape of the whole batch."""
    tensor, shape = emitter.tensor()
    first, second = _targets(emitter)
    keep_zero = emitter.attributes.flag("allowzero")
    if not keep_zero:
        first, second = _fill(first, shape, 0), _fill(second, shape, 1)
    _check_batch(first, second, shape, emitter.around.batch)
    if any(a != b for a, b in zip(first[1:], second[1:], strict=True)):
        raise Refused(_MIXES)
    return emitter.add(Reshape(_sample(first[1:], prod(shape))), tensor)


def _targets(emitter: Emitter) -> tuple[list[int], list[int]]:
    """The target shape for both trial batch sizes."""
    value = emitter.operand(1)
    if value is None:
        raise Malformed("its shape is missing")
    if not isinstance(value, Known):
        raise Refused("its shape is computed by the network")
    first = whole_numbers(value.array, "shape")
    second = first if value.other is None else whole_numbers(value.other, "shape")
    if len(first) != len(second) or not first:
        raise Refused(_MIXES)
    return list(first), list(second)


def _fill(target: list[int], shape: Shape, trial: int) -> list[int]:
    """Replace each 0 by the size that the axis has."""
    sizes = (BATCHES[trial], *shape)
    if any(size == 0 and axis >= len(sizes) for axis, size in enumerate(target)):
        raise Malformed(f"the shape {target} keeps an axis that does not exist")
    return [sizes[axis] if size == 0 else size for axis, size in enumerate(target)]


def _check_batch(
    first: Sequence[int], second: Sequence[int], shape: Shape, batch: int | None
) -> None:
    """The first axis of the target must be the batch, in one of the ways to write it."""
    if is_batch(first[0], second[0]) or (first[0] == second[0] and first[0] in (1, batch)):
        return
    if first[0] != -1 or -1 in first[1:] or prod(first[1:]) != prod(shape):
        raise Refused(_MIXES)


def _sample(target: Sequence[int], elements: int) -> Shape:
    """Sizes of one sample, with -1 worked out."""
    if any(size < -1 for size in target) or list(target).count(-1) > 1:
        raise Malformed(f"its shape is {list(target)}")
    known = prod(size for size in target if size != -1)
    if -1 in target:
        if known == 0 or elements % known:
            raise Refused(_MIXES)
        return tuple(elements // known if size == -1 else size for size in target)
    if known != elements:
        raise Refused(_MIXES)
    return tuple(target)
