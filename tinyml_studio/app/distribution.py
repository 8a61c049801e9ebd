"""What the distributions pane shows of one layer: histograms, and the grids that lie over them."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import NDArray
import numpy as np

from tinyml_studio.quantize.params import QuantParams


@dataclass(frozen=True, eq=False)
class ValueDistribution:
    """Values of one tensor and the grid that covers them.

    Parameters
    ----------
    tensor
        Name of the tensor (of the layer, for weights).
    edges, counts
        Histogram of the float values: ``(B + 1,)`` float64 edges, ``(B,)`` int64 counts.
    low, high
        Smallest and largest value seen.
    channel_low, channel_high
        The same per channel, ``(C,)`` float64 each; empty when not known per channel.
    grid
        The quantization grid; None when there is no program.
    clip_low, clip_high
        The real values that the grid ends at, per tensor (widest channel for per-channel scales);
        None without a grid.
    manual
        The range was set by the user.
    """

    tensor: str
    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    low: float
    high: float
    channel_low: NDArray[np.float64]
    channel_high: NDArray[np.float64]
    grid: QuantParams | None
    clip_low: float | None
    clip_high: float | None
    manual: bool


@dataclass(frozen=True, eq=False)
class LayerDistribution:
    """Weights (None when the layer has none) and output (None without statistics) of a layer."""

    layer: str
    weights: ValueDistribution | None
    output: ValueDistribution | None
