"""What can be chosen for a layer besides its bits: how ranges are found, and how many scales."""

from __future__ import annotations

from collections.abc import Mapping

from tinyml_studio.quantize.scheme import RangeMethod

METHODS: Mapping[str, tuple[str, str]] = {
    RangeMethod.MINMAX.value: ("Min to max", "Everything seen fits; an outlier costs resolution"),
    RangeMethod.PERCENTILE.value: ("Percentile", "The outermost 0.01 % of the values is clipped"),
    RangeMethod.MSE.value: ("Least squares", "The smallest sum of rounding and clipping error"),
    RangeMethod.ENTROPY.value: ("Entropy", "The distribution changes least (KL divergence)"),
    RangeMethod.FILE.value: ("As in the file", "The grid that the quantized model states"),
}  # fmt: skip
"""Title and explanation of every range method."""

GRANULARITIES: Mapping[str, tuple[str, str]] = {
    "channel": ("Per channel", "Every output channel has a weight scale of its own"),
    "tensor": ("One scale", "All weights of the layer share one scale"),
}
"""Title and explanation of every granularity."""

PRESETS: Mapping[str, str] = {
    "w8a8": "All Weights 8, Activations 8",
    "w4a8": "All Weights 4, Activations 8",
    "w8a16": "All Weights 8, Activations 16",
}
"""Widths for the whole network that one click chooses."""


def offered_methods(*, has_file_grids: bool) -> tuple[str, ...]:
    """The methods that make sense for a model."""
    return tuple(name for name in METHODS if has_file_grids or name != RangeMethod.FILE.value)
