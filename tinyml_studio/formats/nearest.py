"""Resizing to the nearest value: which input each output takes."""

from __future__ import annotations

import numpy as np


def tflite_nearest(length: int, count: int, *, corners: bool, half_pixel: bool) -> tuple[int, ...]:
    """Inputs of `count` outputs, as ``GetNearestNeighbor`` of TFLite computes them in float32."""
    spread = corners and count > 1
    scale = (
        np.float32(length - 1) / np.float32(count - 1)
        if spread
        else np.float32(length) / np.float32(count)
    )
    places = (np.arange(count, dtype=np.float32) + np.float32(0.5 * half_pixel)) * scale
    rounded = np.floor(places.astype(np.float64) + 0.5) if corners else np.floor(places)
    return tuple(np.clip(rounded, 0, length - 1).astype(int).tolist())
