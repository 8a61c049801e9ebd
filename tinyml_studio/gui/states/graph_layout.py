"""A layered drawing of a network: ranks by the longest path, order by barycentres, then places.

Source: Sugiyama, Tagawa and Toda 1981, "Methods for Visual Understanding of Hierarchical System
Structures". Arrows over several ranks get a place in each, so that no arrow hides behind a box.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
_SWEEPS = 6


@dataclass(frozen=True, slots=True)
class Sizes:
    """Width and height of a box, gaps between boxes and ranks, width of an arrow's place."""

    width: float = 168.0
    height: float = 38.0
    gap: float = 22.0
    rank_gap: float = 26.0
    lane: float = 16.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is; y grows downwards.

    Parameters
    ----------
    places
        Middle of every box, by its number.
    arrows
        For every edge its points, from the lower middle of one box to the upper middle of another.
    width, height
        Of the whole drawing, which begins at (0, 0).
    """

    places: tuple[Point, ...]
    arrows: tuple[tuple[Point, ...], ...]
    width: float
    height: float


def longest_path_ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Rank of every node, one below its lowest predecessor; edges go from lower numbers to higher.

    Raises
    ------
    ValueError
        If an edge does not.
    """
    ranks = [0] * count
    for start, end in sorted(edges, key=lambda edge: edge[1]):
        if start >= end:
            raise ValueError(f"edge {start} to {end} goes backwards")
        ranks[end] = max(ranks[end], ranks[start] + 1)
    return ranks


def layout(count: int, edges: Sequence[tuple[int, int]], sizes: Sizes | None = None) -> Layout:
    """Place `count` boxes; edges ``(from, to)`` go from lower numbers to higher."""
    sizes = sizes or Sizes()
    ranks = longest_path_ranks(count, edges)
    chains, total = _chains(count, edges, ranks)
    rank_of = {**dict(enumerate(ranks)), **_inner_ranks(chains, ranks)}
    rows = _ordered(rank_of, chains, total)
    widths = [sizes.width if node < count else sizes.lane for node in range(total)]
    xs = _columns(rows, widths, chains, sizes.gap)
    step = sizes.height + sizes.rank_gap
    ys = {node: rank_of[node] * step + sizes.height / 2 for node in range(total)}
    places = tuple((xs[node], ys[node]) for node in range(count))
    arrows = tuple(_arrow(chain, xs, ys, sizes.height / 2) for chain in chains)
    right = max((xs[node] + widths[node] / 2 for node in range(total)), default=0.0)
    return Layout(places, arrows, right, len(rows) * step - sizes.rank_gap if rows else 0.0)


def _chains(
    count: int, edges: Sequence[tuple[int, int]], ranks: Sequence[int]
) -> tuple[list[list[int]], int]:
    """Every edge as a chain of nodes with one of its own in each rank between; how many in all."""
    chains, fresh = [], count
    for start, end in edges:
        between = ranks[end] - ranks[start] - 1
        chains.append([start, *range(fresh, fresh + between), end])
        fresh += between
    return chains, fresh


def _inner_ranks(chains: Sequence[Sequence[int]], ranks: Sequence[int]) -> dict[int, int]:
    return {
        node: ranks[chain[0]] + place
        for chain in chains
        for place, node in enumerate(chain)
        if 0 < place < len(chain) - 1
    }


def _neighbours(
    chains: Sequence[Sequence[int]], total: int
) -> tuple[list[list[int]], list[list[int]]]:
    """Of every node those in the rank above and in the rank below."""
    above: list[list[int]] = [[] for _ in range(total)]
    below: list[list[int]] = [[] for _ in range(total)]
    for chain in chains:
        for upper, lower in itertools.pairwise(chain):
            above[lower].append(upper)
            below[upper].append(lower)
    return above, below


def _ordered(
    rank_of: Mapping[int, int], chains: Sequence[Sequence[int]], total: int
) -> list[list[int]]:
    """The nodes of every rank from left to right, with few crossings."""
    rows: list[list[int]] = [[] for _ in range(max(rank_of.values(), default=-1) + 1)]
    for node in range(total):
        rows[rank_of[node]].append(node)
    above, below = _neighbours(chains, total)
    place = {node: float(spot) for row in rows for spot, node in enumerate(row)}
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        beside = above if downwards else below
        for row in rows if downwards else reversed(rows):
            row.sort(key=lambda node: _mean([place[other] for other in beside[node]], place[node]))
            place.update((node, float(spot)) for spot, node in enumerate(row))
    return rows


def _columns(
    rows: Sequence[Sequence[int]],
    widths: Sequence[float],
    chains: Sequence[Sequence[int]],
    gap: float,
) -> list[float]:
    """Middle of every node: near its neighbours, without touching the next."""
    above, below = _neighbours(chains, len(widths))
    xs = [0.0] * len(widths)
    for row in rows:
        _spread(row, [0.0] * len(row), widths, gap, xs)
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        beside = above if downwards else below
        for row in rows if downwards else reversed(rows):
            wished = [_mean([xs[other] for other in beside[node]], xs[node]) for node in row]
            _spread(row, wished, widths, gap, xs)
    left = min((x - width / 2 for x, width in zip(xs, widths, strict=True)), default=0.0)
    return [x - left for x in xs]


def _spread(
    row: Sequence[int],
    wished: Sequence[float],
    widths: Sequence[float],
    gap: float,
    xs: list[float],
) -> None:
    """Put a row where it wishes to be; nodes that would touch form a block around their mean."""
    offsets = [0.0]
    for first, second in itertools.pairwise(row):
        offsets.append(offsets[-1] + (widths[first] + widths[second]) / 2 + gap)
    blocks: list[tuple[float, int]] = []
    for wish, offset in zip(wished, offsets, strict=True):
        start, size = wish - offset, 1
        while blocks and blocks[-1][0] > start:
            before, count = blocks.pop()
            start = (start * size + before * count) / (size + count)
            size += count
        blocks.append((start, size))
    starts = [start for start, size in blocks for _ in range(size)]
    for node, start, offset in zip(row, starts, offsets, strict=True):
        xs[node] = start + offset


def _arrow(
    chain: Sequence[int], xs: Sequence[float], ys: Mapping[int, float], half: float
) -> tuple[Point, ...]:
    """The points of one arrow; beside a box that it passes it goes straight down."""
    points = [(xs[chain[0]], ys[chain[0]] + half)]
    for node in chain[1:-1]:
        points += [(xs[node], ys[node] - half), (xs[node], ys[node] + half)]
    return (*points, (xs[chain[-1]], ys[chain[-1]] - half))


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
