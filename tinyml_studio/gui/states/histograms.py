"""Build the histograms of a layer from its weights, its statistics and its integers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import FloatArray, IntArray
from tinyml_studio.gui.states.distribution import (
    BINS,
    FEW,
    Float64Array,
    HistogramState,
    bin_values,
    describe_values,
    display_exponent,
    extended_edges,
    spread_levels,
)
from tinyml_studio.gui.states.outliers import outliers_of
from tinyml_studio.gui.states.text import percent, real
from tinyml_studio.quantize.params import QuantParams

if TYPE_CHECKING:
    from tinyml_studio.calibrate.statistics import TensorStats
    from tinyml_studio.program.program import QuantizedTensor

MOST_LEVELS = 256
_NONE = np.zeros(0)


def weight_histogram(
    weights: FloatArray, params: QuantParams | None, integers: IntArray | None = None
) -> HistogramState:
    """Histogram of a weight tensor (channel first), with the grid that it is put on.

    `integers` are the weights on that grid, where they are known already.
    """
    edges, counts = bin_values(weights)
    note = _note(weights)
    if params is None or counts.size == 0:
        return histogram_state("Weights", edges, counts, note=note)
    made = params.quantize(weights) if integers is None else integers
    return histogram_state(
        "Weights",
        edges,
        counts,
        params=params,
        level_counts=level_counts(made.reshape(weights.shape[0], -1), params),
        clipped=_clipped(weights, params),
        note=note,
    )


def activation_histogram(stats: TensorStats, tensor: QuantizedTensor | None) -> HistogramState:
    """Histogram of an output tensor from its float statistics, with the grid that it is put on.

    The integers are those of the float values on the grid: every bin counts for its middle.
    """
    edges, counts = stats.histogram.edges, stats.histogram.counts.astype(np.float64)
    note = describe_values(stats.count, FEW + 1, stats.min, stats.max)
    shown = (edges, counts) if stats.min < stats.max else bin_values(np.array([stats.min]))
    if tensor is None:
        return histogram_state("Activations", *joined_bins(*shown), note=note)
    params = tensor_params(tensor)
    middles = (edges[:-1] + edges[1:]) / 2
    if stats.min == stats.max:
        middles = np.full(counts.size, stats.min)
    places = np.rint(middles / tensor.scale) + tensor.zero_point
    index = np.clip(places, params.low, params.high).astype(np.int64) - params.low
    on_grid = np.bincount(index, weights=counts, minlength=params.high - params.low + 1)
    outside = (places < params.low) | (places > params.high)
    return histogram_state(
        "Activations",
        *joined_bins(*shown),
        params=params,
        level_counts=on_grid.reshape(1, -1).astype(np.float64),
        clipped=float(counts[outside].sum()) / max(float(counts.sum()), 1.0),
        note=note,
    )


def tensor_params(tensor: QuantizedTensor) -> QuantParams:
    """The grid of a tensor of the program."""
    kind = tensor.type
    return QuantParams(kind, np.array([tensor.scale]), tensor.zero_point, kind.min, kind.max)


def joined_bins(edges: Float64Array, counts: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Neighbouring bins of one width joined until at most `BINS` are left; loses no count."""
    joined = math.ceil(counts.size / BINS)
    if joined <= 1:
        return edges, counts
    groups = math.ceil(counts.size / joined)
    width = float(edges[1] - edges[0])
    padded = np.zeros(groups * joined)
    padded[: counts.size] = counts
    return (
        edges[0] + width * joined * np.arange(groups + 1),
        padded.reshape(groups, joined).sum(axis=1),
    )


def histogram_state(
    title: str,
    edges: Float64Array,
    counts: Float64Array,
    *,
    params: QuantParams | None = None,
    level_counts: Float64Array | None = None,
    clipped: float | None = None,
    note: str = "",
) -> HistogramState:
    """Put float counts and the grid on one set of bins, in units that can be drawn."""
    if counts.size == 0:
        return HistogramState(title, "", _NONE, _NONE, note=note or "no values")
    integer_shares, levels, limits = _NONE, _NONE, None
    outliers = outliers_of(edges, counts)
    if params is not None:
        grid = grid_levels(params)
        limits = (float(grid[:, 0].min()), float(grid[:, -1].max()))
        steps = (grid[:, 1] - grid[:, 0]) if grid.shape[1] > 1 else np.ones(grid.shape[0])
        half = float(steps.max()) / 2
        edges, counts = extended_edges(edges, counts, limits[0] - half, limits[1] + half)
        if level_counts is not None:
            spread = spread_levels(grid, level_counts, steps, edges)
            integer_shares = spread / max(float(level_counts.sum()), 1.0)
        widest = grid[int(np.argmax(grid[:, -1] - grid[:, 0]))]
        levels = widest if widest.size <= MOST_LEVELS else _NONE
    exponent = display_exponent(max(abs(float(edges[0])), abs(float(edges[-1]))))
    unit = 10.0**exponent
    return HistogramState(
        title,
        " · ".join(filter(None, (facts_of(params, clipped), str(outliers or "")))),
        edges / unit,
        counts / counts.sum(),
        integer_shares,
        levels / unit,
        None if limits is None else (limits[0] / unit, limits[1] / unit),
        exponent,
        note,
        outliers=_NONE if outliers is None else outliers.places / unit,
    )


def grid_levels(params: QuantParams) -> Float64Array:
    """Real values of all levels, ``(C, L)`` with one row per scale."""
    steps = np.array([-1, 1]) if params.type.bits == 1 else np.arange(params.low, params.high + 1)
    centred = (steps - params.zero_point).astype(np.float64)
    return params.scale.reshape(-1, 1) * centred


def level_counts(integers: IntArray, params: QuantParams) -> Float64Array:
    """How often every level occurs, ``(C, L)`` as `grid_levels`; `integers` is ``(O, n)``."""
    channels = params.scale.size
    rows = integers.reshape(channels, -1)
    if params.type.bits == 1:
        rows, first, count = (rows > 0).astype(np.int8), 0, 2
    else:
        rows, first = np.clip(rows, params.low, params.high), params.low
        count = params.high - params.low + 1
    place = rows + (count * np.arange(channels, dtype=np.int32) - first).reshape(-1, 1)
    counted = np.bincount(place.ravel(), minlength=count * channels)
    return counted.reshape(channels, count).astype(np.float64)


def facts_of(params: QuantParams | None, clipped: float | None) -> str:
    """Bits, scale, zero point and clipped share in one line."""
    if params is None:
        return ""
    low, high = float(params.scale.min()), float(params.scale.max())
    one = math.isclose(low, high, rel_tol=1e-9)
    scale = real(low, figures=3) if one else f"{real(low, figures=3)} … {real(high, figures=3)}"
    channels = f" ({params.scale.size} channels)" if params.scale.size > 1 else ""
    parts = [f"{params.type}"]
    if clipped is not None:
        parts.append(f"{percent(clipped)} clipped")
    parts += [f"zero point {params.zero_point}", f"scale {scale}{channels}"]
    return " · ".join(parts).replace("-", "−")


def _clipped(values: NDArray[np.floating], params: QuantParams) -> float:
    """Share of the values more than half a step outside the grid."""
    if params.type.bits == 1 or values.size == 0:
        return 0.0
    scale = (
        params.scale.reshape(-1, *(1,) * (values.ndim - 1))
        if params.scale.size > 1
        else params.scale
    )
    most = float(np.finfo(np.float32).max)
    low, high = (
        np.clip(scale * (end - params.zero_point), -most, most).astype(np.float32)
        for end in (params.low - 0.5, params.high + 0.5)
    )
    outside = np.count_nonzero(values < low) + np.count_nonzero(values > high)
    return float(outside) / values.size


def _note(values: FloatArray) -> str:
    """What is special about a tensor's values; looks at all of them only when there are few."""
    if values.size == 0:
        return describe_values(0, 0, 0.0, 0.0)
    head = np.unique(values.ravel()[:4096])
    distinct = int(head.size)
    if distinct <= FEW:
        others = np.ones(values.shape, bool)
        for one in head:
            others &= values != one
        distinct += int(np.unique(values[others]).size)
    return describe_values(values.size, distinct, float(values.min()), float(values.max()))
