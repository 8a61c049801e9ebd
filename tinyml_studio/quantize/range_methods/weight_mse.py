"""The scale of a row of weights that makes the sum of squared errors smallest.

For integers q the best scale is ``s = sum(w q) / sum(q q)`` and the error is
``sum(w w) - sum(w q)**2 / sum(q q)``. So the search goes over assignments of integers, and every
assignment that nearest rounding can give is met when s falls from infinity: a weight steps from
n - 1 to n when s passes ``|w| / (n - 1/2)``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.quantize.range_methods.method import RealArray

_EXACT_EVENTS = 1 << 19  # steps of all rows that are worth sorting
_CHUNK = 1 << 21  # weights held at once
_COARSE = np.geomspace(1.0, 0.06, 36)
_FINE = np.geomspace(1.085, 0.92, 49)
_POLISH = 3


def optimal_scales(rows: RealArray, *, low: int, high: int) -> RealArray:
    """The best scale of each row of `rows` ``(R, K)`` for integers in [low, high].

    Exact where there are few steps (64 filters of 3 x 3 x 64 at 4 bits), else by a fine search and
    alternating minimisation. A row of zeros gets 0.

    Parameters
    ----------
    rows
        Finite weights.
    low, high
        Least and greatest integer, ``low < 0 < high``.
    """
    largest = np.abs(rows).max(axis=1, initial=0.0)
    unit = np.where(largest > 0, largest, 1.0)
    values = rows / unit[:, None]  # so that no square underflows
    exact = values.size * max(-low, high) <= _EXACT_EVENTS
    solve = _solve_exactly if exact else _solve_by_search
    height = max(1, _CHUNK // max(1, rows.shape[1]))
    parts = [
        solve(values[start : start + height], low, high) for start in range(0, len(rows), height)
    ]
    return np.asarray(np.concatenate(parts) * largest)


def _solve_exactly(values: RealArray, low: int, high: int) -> RealArray:
    """Walk through all steps of each row in order and keep the best assignment."""
    magnitudes = np.abs(values)[:, :, None]
    numbers = np.arange(1, max(-low, high) + 1, dtype=np.float64)
    reach = np.where(values < 0, -low, high)[:, :, None]
    possible = numbers <= reach
    shape = (len(values), -1)
    moments = np.where(possible, magnitudes / (numbers - 0.5), 0.0).reshape(shape)
    order = np.argsort(-moments, axis=1)
    gains = np.where(possible, magnitudes, 0.0).reshape(shape)
    costs = np.where(possible, 2.0 * numbers - 1.0, 0.0).reshape(shape)
    products = np.cumsum(np.take_along_axis(gains, order, axis=1), axis=1)
    squares = np.cumsum(np.take_along_axis(costs, order, axis=1), axis=1)
    best = np.argmax(products**2 / squares, axis=1)[:, None]
    chosen = np.take_along_axis(products, best, axis=1) / np.take_along_axis(squares, best, axis=1)
    return np.asarray(chosen[:, 0])


def _solve_by_search(values: RealArray, low: int, high: int) -> RealArray:
    """Try scales from wide to narrow, then finer, then alternate between integers and scale.

    The trials are in float32 for speed, what is kept is computed in float64.
    """
    single = values.astype(np.float32)
    start = np.full(len(values), 1.0 / high)
    scale = _best_of(single, start, _COARSE, low, high)
    scale = _best_of(single, scale, _FINE, low, high)
    for _ in range(_POLISH):
        products, squares = _moments(values, scale, low, high)
        scale = np.where(squares > 0, products / np.maximum(squares, 1.0), scale)
    return scale


def _best_of(
    values: NDArray[np.floating[Any]], start: RealArray, ratios: RealArray, low: int, high: int
) -> RealArray:
    """The best of ``start * ratio`` for each row."""
    best, kept = np.full(len(values), -1.0), start
    for ratio in ratios:
        products, squares = _moments(values, start * ratio, low, high)
        score = products**2 / np.maximum(squares, 1.0)
        better = score > best
        kept = np.where(better, start * ratio, kept)
        best = np.where(better, score, best)
    return kept


def _moments(
    values: NDArray[np.floating[Any]], scale: RealArray, low: int, high: int
) -> tuple[RealArray, RealArray]:
    """``sum(w q)`` and ``sum(q q)`` of each row at one scale per row."""
    steps = values * (1.0 / scale).astype(values.dtype)[:, None]
    np.rint(steps, out=steps)
    np.clip(steps, low, high, out=steps)
    products = np.einsum("rk,rk->r", values, steps)
    squares = np.einsum("rk,rk->r", steps, steps)
    return products.astype(np.float64), squares.astype(np.float64)
