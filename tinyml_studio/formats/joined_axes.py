"""Reshape of a tensor with the batch elsewhere than in front.

Values keep their order, so what stands before the batch stays before it. The target shape says for
two sizes of the batch which axis it is then, and what else is in that axis.
"""

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


def reshaped(emitter: Emitter) -> Tensor:
    """The axes of the sample in their new shape, and where the batch is then."""
    tensor, shape = emitter.tensor()
    first, second = (_target(emitter, tensor, trial) for trial in (0, 1))
    before, behind = prod(shape[: tensor.batch_axis]), prod(shape[tensor.batch_axis :])
    behind_axes = len(shape) - tensor.batch_axis
    axis, factor = _place(first, second, (before, behind_axes), emitter.around.batch)
    in_front = prod(first[:axis])
    outer = before // in_front if in_front else 0
    inner = factor // outer if outer else 0
    fits = in_front * outer == before and outer * inner == factor
    if not fits or inner * prod(first[axis + 1 :]) != behind or min(outer, inner) > 1:
        raise Refused(MIXES)
    rest = tuple(size for size in (outer, inner) if size > 1)
    made = emitter.add(Reshape((*first[:axis], *rest, *first[axis + 1 :])), tensor)
    return replace(made, batch_axis=axis + (outer > 1), merged=inner > 1, trailing=outer > 1)


def _place(
    first: Sequence[int], second: Sequence[int], held: tuple[int, int], batch: int | None
) -> tuple[int, int]:
    """The axis of the target that holds the batch, and what else it holds.

    `held` is what stands before the batch now, and how many axes behind it.
    """
    if len(first) != len(second):
        raise Refused(MIXES)
    differing = [axis for axis in range(len(first)) if first[axis] != second[axis]]
    if len(differing) == 1:
        axis = differing[0]
        factor = first[axis] // BATCHES[0]
        if (first[axis], second[axis]) == tuple(factor * trial for trial in BATCHES):
            return axis, factor
    if differing or batch is None:
        raise Refused(MIXES)
    return _fixed_place(first, held, batch)


def _fixed_place(first: Sequence[int], held: tuple[int, int], batch: int) -> tuple[int, int]:
    """The same where the file is made for one batch size, so that only the order tells.

    A batch of one may be anywhere; it is an axis of its own where one is left for it. Else it went
    into the axis behind it if that was split, as into attention's heads, and otherwise into the
    axis before it, as into time steps.
    """
    before, axes_behind = held
    follows = [axis for axis in range(len(first)) if prod(first[:axis]) == before]
    ends = [axis for axis in range(len(first)) if prod(first[: axis + 1]) == before * batch]
    own = [axis for axis in follows if first[axis] == batch]
    split = [axis for axis in follows if len(first) - axis > axes_behind]
    for axis in (*own, *split, *ends, *follows):
        if first[axis] % batch == 0:
            return axis, first[axis] // batch
    raise Refused(MIXES)


def _target(emitter: Emitter, tensor: Tensor, trial: int) -> Shape:
    """The target for one trial batch size, with kept and open sizes filled in."""
    value = emitter.operand(1)
    if value is None:
        raise Malformed("its shape is missing")
    if not isinstance(value, Known):
        raise Refused("its shape is computed by the network")
    target = list(whole_numbers(value.at(trial), "shape"))
    sizes = tensor.file_shape(BATCHES[trial])
    if not emitter.attributes.flag("allowzero"):
        if any(size == 0 and axis >= len(sizes) for axis, size in enumerate(target)):
            raise Malformed(f"the shape {target} keeps an axis that does not exist")
        target = [sizes[axis] if size == 0 else size for axis, size in enumerate(target)]
    if min(target, default=1) < -1 or target.count(-1) > 1 or 0 in target:
        raise Malformed(f"its shape is {target}")
    known = prod(size for size in target if size != -1)
    if -1 in target and prod(sizes) % known:
        raise Refused(MIXES)
    return tuple(prod(sizes) // known if size == -1 else size for size in target)
