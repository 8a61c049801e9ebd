"""What the float network's tensors look like over the calibration samples, in one pass.

Memory does not grow with the number of samples: a batch is run, counted and forgotten.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.calibrate.float_run import FloatRunner, running_tensors
from tinyml_studio.calibrate.histogram import Histogram, histogram_of
from tinyml_studio.calibrate.internal import with_internal
from tinyml_studio.calibrate.moments import Moments, moments_of
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.errors import DataError
from tinyml_studio.ir.graph import Graph
from tinyml_studio.progress import Progress, give_way, silent

BATCH_BYTES = 2**24  # of all tensors of a batch together
LARGEST_BATCH = 64


@dataclass(frozen=True, eq=False)
class TensorStats:
    """Statistics of one tensor over all samples.

    Parameters
    ----------
    count
        Number of values: samples times elements.
    min, max
        Extremes, exact.
    mean, mean_square
        Of all values, summed in float64.
    histogram
        Distribution of all values.
    channel_min, channel_max, channel_mean
        Per channel of the last axis ``(C,)``; one channel when a sample is a single number.
    """

    count: int
    min: float
    max: float
    mean: float
    mean_square: float
    histogram: Histogram
    channel_min: FloatArray
    channel_max: FloatArray
    channel_mean: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Seen:
    """The statistics of the batches so far."""

    moments: Moments
    histogram: Histogram

    def merged(self, other: _Seen) -> _Seen:
        return _Seen(self.moments.merged(other.moments), self.histogram.merged(other.histogram))


def collect(
    graph: Graph, samples: Samples, *, progress: Progress = silent
) -> Mapping[str, TensorStats]:
    """Statistics of every tensor that depends on the input, inputs and `ir.internal` included.

    The result does not depend on the size of the batches, up to float64 rounding of the means and
    ONNX Runtime's own rounding of a value.

    Raises
    ------
    DataError
        If a sample makes a tensor infinite or NaN; names the layer and the sample. Also if there
        are no samples.
    UnsupportedError
        If a layer cannot be run.
    Cancelled
        If `progress` says so.
    """
    if samples.count == 0:
        raise DataError("There are no samples to calibrate with")
    runner = FloatRunner(graph)
    tensors = running_tensors(graph)
    seen: dict[str, _Seen] = {}
    done = 0
    for batch in samples.batches(_batch_size(graph, tensors)):
        progress(done, samples.count, "Calibrating")
        for tensor, values in with_internal(graph, runner.run(batch, tensors)).items():
            part = _seen_in(graph, tensor, values, done)
            seen[tensor] = seen[tensor].merged(part) if tensor in seen else part
        done += batch[0].shape[0]
    progress(samples.count, samples.count, "Calibrating")
    return MappingProxyType({tensor: _stats(part) for tensor, part in seen.items()})


def stats_of(values: FloatArray) -> TensorStats:
    """Statistics of finite values ``(N, ..., C)`` that are at hand."""
    moments = moments_of(values)
    low, high = float(moments.low.min()), float(moments.high.max())
    return _stats(_Seen(moments, histogram_of(values, low, high)))


def _batch_size(graph: Graph, tensors: tuple[str, ...]) -> int:
    """As many samples as fit the memory and, better for speed, the cache."""
    per_sample = sum(4 * math.prod(graph.shapes[t]) for t in tensors if t in graph.shapes)
    return max(1, min(LARGEST_BATCH, BATCH_BYTES // max(1, per_sample)))


def _seen_in(graph: Graph, tensor: str, values: FloatArray, first_sample: int) -> _Seen:
    """Statistics of one batch; DataError where a value is not finite."""
    give_way()
    moments = moments_of(values)
    low, high = float(moments.low.min()), float(moments.high.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        finite = np.isfinite(values).reshape(values.shape[0], -1).all(axis=1)
        node = graph.producers.get(tensor)
        raise DataError(
            f"Sample {first_sample + int(np.argmin(finite))} makes the output of "
            f"{f'layer {node.name!r}' if node else f'input {tensor!r}'} infinite or NaN",
            hint="look at the range of the data, and whether the model needs scaled inputs",
        )
    return _Seen(moments, histogram_of(values, low, high))


def _stats(seen: _Seen) -> TensorStats:
    give_way()
    moments = seen.moments
    count = moments.rows * moments.low.size
    return TensorStats(
        count=count,
        min=float(moments.low.min()),
        max=float(moments.high.max()),
        mean=float(moments.total.sum()) / count,
        mean_square=moments.squares / count,
        histogram=seen.histogram,
        channel_min=moments.low,
        channel_max=moments.high,
        channel_mean=moments.total / moments.rows,
    )
