"""The loops of the kernels with a filter for every channel, and of pools and their like."""

from __future__ import annotations

import numpy as np

from tinyml_studio.cost.convolutions import Held, limited
from tinyml_studio.cost.quantities import Counts, up
from tinyml_studio.cost.windows import Axis, Ints, Windows, windows_of

_CHANNELS = 4
_VECTOR = 16


def depthwise_blocks(held: Held, *, dsp: bool, few: bool) -> Counts:
    """Four channels of a column of pixels; without the DSP extension two share their rows.

    With `few` bits their weights are unpacked first, eight at a time.
    """
    w = windows_of(held["geometry"])
    quads = up(w.channels, _CHANNELS)
    lengths, rows = _runs(w.y, held["most"])
    shared = np.zeros_like(lengths)
    if not dsp and w.y.stride == w.y.dilation:
        shared = np.where(rows == 3, lengths // 2, 0)
    left = lengths - 2 * shared
    taps, outputs = w.x.taps, w.pixels * w.channels
    each = int((left * rows).sum())
    other = taps[(taps != 2) & (taps != 3)]
    runs = w.x.outside * len(lengths) * quads
    return {
        "calls": 1,
        "columns": len(lengths),
        "runs": runs,
        "rest": runs * up(_CHANNELS * w.y.kernel * w.x.kernel, 8) * few,
        "groups": w.x.outside * int(left.sum()) * quads,
        "gathered runs": int((taps == 3).sum()) * each * quads,
        "border runs": int((taps == 2).sum()) * each * quads,
        "single runs": len(other) * each * quads,
        "single blocks": int(other.sum()) * each * quads,
        "pairs": w.x.outside * int(shared.sum()) * w.channels,
        "blocks": int(taps.sum()) * int(shared.sum()) * w.channels,
        "single groups": w.x.outside * int((shared > 0).sum()) * w.channels,
        "padded blocks": int(taps.sum()) * int((shared > 0).sum()) * w.channels,
        "outputs": outputs,
        "limited": limited(held, outputs),
        **_waiting(held, lengths, w),
    }


def _waiting(held: Held, lengths: Ints, w: Windows) -> Counts:
    """Columns that are begun, and outputs that wait until others have been written."""
    begun, moved = 0, 0
    for pixels in lengths.tolist():
        together = w.channels
        if held["waiting"] > 0 and pixels > 1:
            together = held["room"] // (held["waiting"] * pixels * _CHANNELS) * _CHANNELS
            moved += held["waiting"] * pixels
        begun += up(w.channels, together)
    return {"lines": begun * w.x.outside, "gathered blocks": moved * up(w.channels, _CHANNELS)}


def _runs(axis: Axis, most: int) -> tuple[Ints, Ints]:
    """Pixels of every run of a column, and the rows of taps that they have."""
    lengths, rows, at = [], [], 0
    starts, taps = axis.starts, axis.taps
    while at < axis.outside:
        pixels = 1
        if starts[at] >= 0:
            last = starts[at] + axis.reach
            while at + pixels < axis.outside and last + pixels * axis.stride < axis.inside:
                pixels += 1
        lengths.append(min(pixels, most))
        rows.append(taps[at])
        at += lengths[-1]
    return np.array(lengths, np.int64), np.array(rows, np.int64)


def depthwise_mve(held: Held) -> Counts:
    """Sixteen channels of one pixel."""
    w = windows_of(held["geometry"])
    groups, taps = up(w.channels, _VECTOR), w.y.kernel * w.x.kernel
    outputs = w.pixels * w.channels
    return {
        "calls": 1,
        "pixels": w.pixels,
        "border pixels": w.border,
        "gathered runs": (w.pixels - w.border) * w.y.kernel,
        "gathered blocks": (w.pixels - w.border) * taps,
        "border blocks": w.border * taps,
        "groups": w.pixels * groups,
        "blocks": w.pixels * groups * (taps // 2),
        "odd runs": w.pixels * groups * (taps & 1),
        "misaligned": w.pixels * taps * (w.channels % _VECTOR != 0),
        "outputs": outputs,
        "limited": limited(held, outputs),
    }


def depthwise_taps(held: Held, *, bits: int = 8) -> Counts:
    """Four channels of one pixel at a time, what is left one by one; 16 bits, or any width."""
    w = windows_of(held["geometry"])
    together = w.channels == w.depth
    quads = w.channels // _CHANNELS if together else 0
    alone = w.channels - quads * _CHANNELS
    return {
        "calls": 1,
        "lines": w.y.outside,
        "pixels": w.pixels,
        "groups": w.pixels * quads,
        "runs": w.rows * quads,
        "blocks": w.taps * quads,
        "misaligned": w.taps * w.channels * (w.channels * bits % 8 != 0),
        "single groups": w.pixels * alone,
        "single runs": w.rows * alone,
        "single blocks": w.taps * alone,
        "outputs": w.pixels * w.channels,
    }


def pool(held: Held, *, together: int) -> Counts:
    """So many channels of one pixel at a time."""
    w = windows_of(held["geometry"])
    groups = up(w.channels, together)
    return {
        "calls": 1,
        "lines": w.y.outside,
        "pixels": w.pixels,
        "groups": w.pixels * groups,
        "runs": w.rows * groups,
        "blocks": w.taps * groups,
        "outputs": w.pixels * w.channels,
    }


def transpose_conv2d(held: Held) -> Counts:
    """For every output, the taps that reach the input."""
    w = windows_of(held["geometry"])
    rows, columns = (_reaching(axis) for axis in (w.y, w.x))
    return {
        "calls": 1,
        "lines": w.y.outside,
        "pixels": w.pixels,
        "outputs": w.pixels * w.channels,
        "gathered runs": w.pixels * w.channels * w.y.kernel,
        "gathered blocks": rows * w.x.outside * w.x.kernel * w.channels,
        "runs": rows * columns * w.channels,
        "blocks": rows * columns * w.channels * (w.depth // held["groups"]),
    }


def _reaching(axis: Axis) -> int:
    """How many taps of all outputs read an input position."""
    away = np.arange(axis.outside)[:, None] + axis.pad - np.arange(axis.kernel) * axis.dilation
    reached = (away >= 0) & (away % axis.stride == 0) & (away // axis.stride < axis.inside)
    return int(reached.sum())
