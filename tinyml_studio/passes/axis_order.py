"""Orders of axes: composing, inverting, and moving them past a change of shape.

A `perm` means what `numpy.transpose` makes of it: axis ``k`` of the result is axis ``perm[k]`` of
the operand.
"""

from __future__ import annotations

from itertools import pairwise

from tinyml_studio.ir.ops import Shape

Perm = tuple[int, ...]


def unmoved(rank: int) -> Perm:
    """The order that moves nothing."""
    return tuple(range(rank))


def last_two_swapped(rank: int) -> Perm:
    """The order that transposes a matrix, or every matrix of a stack."""
    return (*range(rank - 2), rank - 1, rank - 2)


def compose(first: Perm, second: Perm) -> Perm:
    """One order for transposing by `first` and the result by `second`."""
    return tuple(first[axis] for axis in second)


def inverse(perm: Perm) -> Perm:
    """The order that undoes `perm`."""
    return tuple(sorted(range(len(perm)), key=perm.__getitem__))


def transposed(shape: Shape, perm: Perm) -> Shape:
    """The shape after transposing."""
    return tuple(shape[axis] for axis in perm)


def moves_units_only(shape: Shape, perm: Perm) -> bool:
    """Whether transposing leaves the elements in order: only axes of length 1 move."""
    long_axes = [axis for axis in perm if shape[axis] != 1]
    return long_axes == sorted(long_axes)


def unit_order(shape: Shape, target: Shape) -> Perm | None:
    """The order that makes `target` of `shape` by moving axes of length 1, if there is one."""
    if len(shape) != len(target) or _long(shape) != _long(target):
        return None
    long_axes = iter([axis for axis, size in enumerate(shape) if size != 1])
    unit_axes = iter([axis for axis, size in enumerate(shape) if size == 1])
    return tuple(next(unit_axes if size == 1 else long_axes) for size in target)


def reshape_before(shape: Shape, perm: Perm, target: Shape) -> tuple[Shape, Perm] | None:
    """Swap a transposition and the reshape behind it.

    ``x.transpose(perm).reshape(target) == x.reshape(shape').transpose(perm')`` for any `x` of
    `shape`. Possible where every run of axes that the reshape joins or splits is a run of `x` too.

    Returns
    -------
    tuple or None
        ``(shape', perm')``; ``None`` where elements would change their order within a run.
    """
    runs = _runs(transposed(shape, perm), target)
    position = {axis: rank for rank, axis in enumerate(a for a, s in enumerate(shape) if s != 1)}
    sources = [[position[perm[axis]] for axis in before] for before, _ in runs]
    if any(after != before + 1 for run in sources for before, after in pairwise(run)):
        return None
    order = sorted(range(len(runs)), key=lambda index: sources[index][0])
    placed = [axis for axis, size in enumerate(target) if size == 1]
    placed += [axis for index in order for axis in runs[index][1]]
    return tuple(target[axis] for axis in placed), inverse(tuple(placed))


def _runs(shape: Shape, target: Shape) -> list[tuple[list[int], list[int]]]:
    """The shortest runs of axes (longer than 1) that hold equally many elements in both shapes."""
    behind = [axis for axis, size in enumerate(target) if size != 1]
    runs: list[tuple[list[int], list[int]]] = []
    before: list[int] = []
    held = 1
    for axis, size in enumerate(shape):
        if size == 1:
            continue
        before.append(axis)
        held *= size
        taken, count = _take(target, behind, held)
        if count == held:
            runs.append((before, taken))
            behind = behind[len(taken) :]
            before, held = [], 1
    return runs


def _take(target: Shape, axes: list[int], wanted: int) -> tuple[list[int], int]:
    """Leading `axes` of `target` until they hold `wanted` elements or more."""
    taken: list[int] = []
    count = 1
    for axis in axes:
        if count >= wanted:
            break
        taken.append(axis)
        count *= target[axis]
    return taken, count


def _long(shape: Shape) -> list[int]:
    """The lengths other than 1, in order."""
    return [size for size in shape if size != 1]
