"""Least squares with factors of at least 0, for relative errors, pulled towards a prior."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.cost.quantities import QUANTITIES

SMALLEST = 2000  # instructions; below them a tick of the board's timer is too coarse to judge
_PRIOR = 0.5  # counted layers that a prior weighs as much as
_ENOUGH = 3  # layers of a kernel that tell how much it differs between like cores
_NO_PRIOR = 1e-4
_TOLERANCE = 1e-9

Vector = NDArray[np.float64]
Factors = dict[str, Vector]


@dataclass(frozen=True, eq=False)
class Sum:
    """A counted layer: calls of kernels by name with their quantities, and their instructions."""

    calls: tuple[tuple[str, Vector], ...]
    instructions: int

    def renamed(self, names: Mapping[str, str]) -> Sum:
        """With other names for the kernels."""
        return Sum(tuple((names[name], held) for name, held in self.calls), self.instructions)


def scaled(layers: list[Sum], known: Factors) -> Factors:
    """Factors of a like core, each kernel's times what its layers take more here, or less."""
    ratios: dict[str, list[float]] = {name: [] for name in known}
    for layer in layers:
        names = {name for name, _ in layer.calls}
        if len(names) == 1 and names <= ratios.keys() and layer.instructions >= SMALLEST:
            (name,) = names
            expected = sum(float(known[name] @ held) for _, held in layer.calls)
            ratios[name].append(layer.instructions / expected)
    return {
        name: factors * (np.median(ratios[name]) if len(ratios[name]) >= _ENOUGH else 1.0)
        for name, factors in known.items()
    }


def fit(layers: list[Sum], prior: Factors | None = None) -> Factors:
    """Factors of every quantity, by kernel; kernels that share no layer are fitted apart."""
    found: Factors = {}
    for group in _groups(layers):
        found |= _fit(group, prior)
    return found


def _groups(layers: list[Sum]) -> Iterable[list[Sum]]:
    """Layers whose kernels have nothing to do with each other's."""
    of: dict[str, str] = {}

    def root(name: str) -> str:
        while of.setdefault(name, name) != name:
            name = of[name]
        return name

    for layer in layers:
        first, *others = (root(name) for name, _ in layer.calls)
        for other in others:
            of[root(other)] = root(first)
    groups: dict[str, list[Sum]] = {}
    for layer in layers:
        groups.setdefault(root(layer.calls[0][0]), []).append(layer)
    return groups.values()


def _fit(layers: list[Sum], prior: Factors | None) -> Factors:
    names = sorted({name for layer in layers for name, _ in layer.calls})
    size = len(QUANTITIES)
    matrix, wanted = np.zeros((len(layers), len(names) * size)), np.zeros(len(layers))
    for row, layer in enumerate(layers):
        weight = 1.0 / max(layer.instructions, SMALLEST)
        wanted[row] = layer.instructions * weight
        for name, quantities in layer.calls:
            at = names.index(name) * size
            matrix[row, at : at + size] += weight * quantities
    seen = np.maximum((matrix != 0.0).sum(axis=0), 1)
    mean_square = (matrix**2).sum(axis=0) / seen
    start = np.zeros(matrix.shape[1])
    pull = _NO_PRIOR * mean_square
    if prior is not None:
        start = np.concatenate([prior[name] for name in names])
        expected = matrix @ start
        start = start * (expected @ wanted) / max(expected @ expected, 1e-30)
        pull = _PRIOR * mean_square
    found = nonnegative(matrix, wanted, start, pull + 1e-15)
    return {name: found[i * size : (i + 1) * size] for i, name in enumerate(names)}


def nonnegative(matrix: Vector, wanted: Vector, start: Vector, pull: Vector) -> Vector:
    """Least squares with factors of at least 0, pulled towards `start`.

    The active set method of Lawson and Hanson, Solving Least Squares Problems (1974), on the normal
    equations.
    """
    used = matrix.any(axis=0)
    result = np.zeros(len(used))
    matrix, start, pull = matrix[:, used], start[used], pull[used]
    gram = matrix.T @ matrix + np.diag(pull)
    scale = 1.0 / np.sqrt(np.maximum(np.diag(gram), 1e-300))
    gram = gram * scale * scale[:, None] + 1e-9 * np.eye(len(scale))
    target = (matrix.T @ wanted + pull * start) * scale
    found, free = np.zeros(len(scale)), np.zeros(len(scale), np.bool_)
    for _ in range(20 * len(scale)):
        slope = np.where(free, -np.inf, target - gram @ found)
        if slope.max(initial=-np.inf) <= _TOLERANCE:
            break
        free[slope.argmax()] = True
        found = _inside(gram, target, found, free)
    result[used] = found * scale
    return result


def _inside(gram: Vector, target: Vector, found: Vector, free: NDArray[np.bool_]) -> Vector:
    """The best factors of those that are free, none of them below 0; fixes others at 0."""
    while True:
        trial = np.zeros_like(found)
        trial[free] = np.linalg.solve(gram[np.ix_(free, free)], target[free])
        below = free & (trial <= 0.0)
        if not below.any():
            return trial
        steps = found[below] / (found[below] - trial[below])
        found = found + steps.min() * (trial - found)
        free &= found > _TOLERANCE
        found[~free] = 0.0
