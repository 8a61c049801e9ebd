"""Milliseconds to make the histogram of a million weights: ``make bench``.

Of every kind that once was slow or wrong; the unit is one sort of the same values.
"""

from __future__ import annotations

import sys
from statistics import median

import numpy as np

from tests.bench.bench_simulate import seconds
from tinyml_studio.gui.states.channels import channel_strip
from tinyml_studio.gui.states.histograms import weight_histogram
from tinyml_studio.quantize.ranges import weight_params
from tinyml_studio.quantize.scheme import Granularity, RangeMethod

ROUNDS = 7
LIMIT_MS = 50.0
SHAPE = (500, 2000)
LARGEST = float(np.finfo(np.float32).max)
SMALLEST = float(np.finfo(np.float32).smallest_subnormal)


def kinds() -> dict[str, np.ndarray]:
    """A million weights each."""
    normal = np.random.default_rng(0).normal(size=SHAPE).astype(np.float32)
    spiked = normal.copy()
    spiked[0, 0] = 1e6
    few = np.rint(normal)
    return {
        "constant": np.full(SHAPE, 0.25, np.float32),
        "few values": few,
        "normal": normal,
        "one outlier": spiked,
        "±3e38": np.sign(normal) * np.float32(LARGEST),
        "denormal": np.sign(normal) * np.float32(SMALLEST),
    }


def main() -> int:
    """Print the times and their ratios; 1 when one is above the limit."""
    kept = True
    print(f"histogram and strip of a million weights, median of {ROUNDS}")
    for name, weights in kinds().items():
        params = weight_params(
            weights, bits=8, granularity=Granularity.CHANNEL, method=RangeMethod.MINMAX
        )
        integers = params.quantize(weights)
        unit = median(seconds(lambda held=weights: np.sort(held, axis=None)) for _ in range(ROUNDS))

        def draw(held=weights, params=params, integers=integers) -> None:
            weight_histogram(held, params, integers)
            channel_strip(held, params, None)

        spent = median(seconds(draw) for _ in range(ROUNDS))
        print(f"  {name:12} {spent * 1e3:7.1f} ms   {spent / unit:5.1f} sorts")
        kept = kept and spent * 1e3 <= LIMIT_MS
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
