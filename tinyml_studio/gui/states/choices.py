"""What can be chosen for a layer besides its bits: how ranges are found, and how many scales."""

from __future__ import annotations

from collections.abc import Mapping

from tinyml_studio.quantize import presets
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

ARITHMETICS: Mapping[str, tuple[str, str]] = {
    "tflm": (
        "TFLite-Micro",
        "Products of 32 bits are rounded twice, as TFLite-Micro's kernels do on every core",
    ),
    "tflm-single": (
        "TFLite-Micro, one rounding",
        "As TFLite-Micro built with TFLITE_SINGLE_ROUNDING: one rounding, ties up",
    ),
    "litert": (
        "LiteRT",
        "LiteRT's reference kernels: fully connected layers round once, ties away from zero",
    ),
    "xnnpack": (
        "LiteRT with XNNPACK",
        "LiteRT as it comes on a desktop: most layers of 8 bits multiply in float32",
    ),
    "onnx": (
        "ONNX Runtime",
        "ONNX Runtime's QLinear kernels: multipliers in float32, ties to even",
    ),
    "pow2": (
        "Powers of two",
        "Every scale is a power of two and a multiplier a shift, ties to even: ESP-DL on ESP32-P4",
    ),
    "pow2-half-up": (
        "Powers of two, ties up",
        "As before with ties rounded up: ESP-DL on ESP32-S3, NNoM",
    ),
    "pow2-floor": (
        "Powers of two, floor",
        "As before with every shift rounded down: PULP, NNoM with truncation",
    ),
}
"""Title of every arithmetic, and whose integers it computes in one sentence."""

PRESETS: Mapping[str, tuple[str, str]] = {
    name: (preset.title, preset.tip) for name, preset in presets.PRESETS.items()
}
"""Title and explanation of every choice of bits for the whole network."""


def offered_methods(*, has_file_grids: bool) -> tuple[str, ...]:
    """The methods that make sense for a model."""
    return tuple(name for name in METHODS if has_file_grids or name != RangeMethod.FILE.value)
