"""Reshape of a computed tensor: the batch must stay the first axis, or the first part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.folds.call import whole_numbers
from tinyml_studio.formats.merged import MIXES
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import BATCHES, Known, Tensor
from tinyml_studio.ir.ops import Reshape, Shape


def convert(emitter: Emitter) -> Tensor:
    """Derive the shape of one sample from the target shape of the whole batch."""
    tensor, shape = emitter.tensor()
    targets = _targets(emitter, tensor)
    elements = prod(shape)
    rows = _rows(targets, elements, emitter.around.batch)
    rest = _rest([target[1:] for target in targets], elements // rows if rows else 0)
    if rows * prod(rest) != elements:
        raise Refused(MIXES)
    if rows == 1:
        return emitter.add(Reshape(rest), tensor)
    return replace(emitter.add(Reshape((rows, *rest)), tensor), merged=True)


def _targets(emitter: Emitter, tensor: Tensor) -> list[list[int]]:
    """The target shape for both trial batch sizes, with the sizes that are kept filled in."""
    value = emitter.operand(1)
    if value is None:
        raise Malformed("its shape is missing")
    if not isinstance(value, Known):
        raise Refused("its shape is computed by the network")
    targets = [list(whole_numbers(value.at(trial), "shape")) for trial in (0, 1)]
    if len(targets[0]) != len(targets[1]) or not targets[0]:
        raise Refused(MIXES)
    if emitter.attributes.flag("allowzero"):
        return targets
    sizes = [tensor.file_shape(batch) for batch in BATCHES]
    return [_filled(target, kept) for target, kept in zip(targets, sizes, strict=True)]


def _filled(target: list[int], kept: Shape) -> list[int]:
    """Replace each 0 by the size that the axis has."""
    if any(size == 0 and axis >= len(kept) for axis, size in enumerate(target)):
        raise Malformed(f"the shape {target} keeps an axis that does not exist")
    return [kept[axis] if size == 0 else size for axis, size in enumerate(target)]


def _rows(targets: Sequence[Sequence[int]], elements: int, batch: int | None) -> int:
    """How many entries of the first axis belong to one sample; 1 when it is just the batch."""
    first, second = (target[0] for target in targets)
    if first == second == -1:
        rest = prod(targets[0][1:])
        if rest < 1 or elements % rest:
            raise Refused(MIXES)
        return elements // rest
    if first == second == 1:
        return 1
    trials = BATCHES if first != second else (batch or 0, batch or 0)
    if 0 in trials or first < 1 or first % trials[0] or second != first // trials[0] * trials[1]:
        raise Refused(MIXES)
    return first // trials[0]


def _rest(targets: Sequence[Sequence[int]], elements: int) -> Shape:
    """The other axes, which must not depend on the batch, with -1 worked out."""
    target = tuple(targets[0])
    if target != tuple(targets[1]):
        raise Refused(MIXES)
    if min(target, default=1) < -1 or target.count(-1) > 1:
        raise Malformed(f"its shape is {list(target)}")
    if -1 not in target:
        return target
    known = prod(size for size in target if size != -1)
    if known == 0 or elements % known:
        raise Refused(MIXES)
    return tuple(elements // known if size == -1 else size for size in target)
