"""In which order a depthwise layer on blocks of channels can be written over its input.

The kernel goes down columns, as that is fast. Where the output has the size of the input, a pixel
that is written falls on one of the column before, which nobody reads any more; only the first
columns fall on the last ones, and wait. This holds for one distance alone. All other layers take
few rows at a time instead, with outputs that stay behind what is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.emit.call import KernelCall, Parameters
from tinyml_studio.emit.order import Moments, again, first_reads

KERNEL = "tms_depthwise_blocks"
ALIGNMENT = 16
"""Distances are multiples of it, as the offsets in the arena are."""
_WORD = 4
_MOST_WAITING = 3
_ROWS = (16, 8, 4, 2, 1)
_SHARE = 32  # part of the input that a distance may take for more rows at a time

Members = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DepthwiseOrder:
    """How the kernel goes, and the distance that this takes.

    Parameters
    ----------
    most
        Rows of pixels at a time.
    waiting
        Columns whose outputs wait until all others have been written.
    distance
        Bytes from the beginning of the output to that of the input.
    exact
        Whether only this distance is safe.
    """

    most: int
    waiting: int
    distance: int
    exact: bool


def depthwise_order(g: Members, least: int) -> DepthwiseOrder | None:
    """The order with the smallest distance of at least so many bytes; None where there is none.

    `g` are the members of the kernel's layer and its geometry.
    """
    channels = g["out_channels"]
    if channels % 4:
        return None  # the last four would be computed from what is overwritten
    same = all(g[f"in_{side}"] == g[f"out_{side}"] for side in ("height", "width"))
    if same and g["stride_y"] == g["stride_x"] == 1:
        first = max(-(-least // channels), 1)
        for pixels in range(first, first + 2 * ALIGNMENT):
            found = _shifted(g, pixels) if pixels * channels % ALIGNMENT == 0 else None
            if found is not None:
                return found
    return _in_rows(g, least)


def in_order(call: KernelCall, order: DepthwiseOrder) -> KernelCall:
    """The call of the kernel in an order."""
    layer, *rest = call.arguments
    if not isinstance(layer, Parameters):
        raise TypeError(f"{call.kernel} has no parameters")
    values = {**layer.values, "most": order.most, "waiting": order.waiting}
    return replace(call, arguments=(replace(layer, values=values), *rest))


def _shifted(g: Members, pixels: int) -> DepthwiseOrder | None:
    """The order in which every output falls so many pixels before its own place."""
    room = g["room"] // _WORD
    for waiting in range(min(_MOST_WAITING, g["out_width"] - 1) + 1):
        most = min(g["out_height"], room // max(waiting, 1))
        if most > 0 and is_safe(g, most, waiting, pixels):
            return DepthwiseOrder(most, waiting, pixels * g["out_channels"], exact=True)
    return None


def is_safe(g: Members, most: int, waiting: int, pixels: int) -> bool:
    """Whether no pixel that is still to be read is overwritten at a distance in pixels."""
    height, width = g["out_height"], g["out_width"]
    runs = run_numbers(g, most)
    last_row = _last_readers(g, "height", "y", "top")
    last_column = _last_readers(g, "width", "x", "left")
    # moments count runs, then columns, then rows; what waits is written at the end of its run,
    # unless that is one row
    read = (runs[last_row][:, None] * width + last_column[None, :]) * (height + 1)
    read += last_row[:, None]
    read[last_row < 0] = -1
    read[:, last_column < 0] = -1
    rows, columns = np.arange(height)[:, None], np.arange(width)[None, :]
    written = (runs[:, None] * width + columns) * (height + 1) + rows
    end = (runs[:, None] * width + width - 1) * (height + 1) + height
    several = np.bincount(runs)[runs] > 1
    written = np.where((columns < waiting) & several[:, None], end, written).reshape(-1)
    places = np.arange(height * width) - pixels
    inside = (places >= 0) & (places < read.size)
    return bool((read.reshape(-1)[places[inside]] <= written[inside]).all())


def run_numbers(g: Members, most: int) -> Int64Array:
    """The number of the run in which each output row is computed."""
    begin = np.arange(g["out_height"]) * g["stride_y"] - g["pad_top"]
    span = (g["kernel_height"] - 1) * g["dilation_y"]
    inner = (begin >= 0) & (begin + span < g["in_height"])
    numbers, run, held = [], -1, 0
    for row, whole in enumerate(inner.tolist()):
        if row == 0 or held == most or not (whole and inner[row - 1]):
            run, held = run + 1, 0
        held += 1
        numbers.append(run)
    return np.array(numbers, np.int64)


def _last_readers(g: Members, extent: str, axis: str, pad: str) -> Int64Array:
    """The last output that reads each place along one axis; -1 for none."""
    begin = np.arange(g[f"out_{extent}"]) * g[f"stride_{axis}"] - g[f"pad_{pad}"]
    taps = np.arange(g[f"kernel_{extent}"]) * g[f"dilation_{axis}"]
    places = begin[:, None] + taps[None, :]
    last = np.full(g[f"in_{extent}"], -1, np.int64)
    inside = (places >= 0) & (places < len(last))
    outputs = np.broadcast_to(np.arange(len(begin))[:, None], places.shape)
    np.maximum.at(last, places[inside], outputs[inside])
    return last


def _in_rows(g: Members, least: int) -> DepthwiseOrder:
    """As many rows at a time as cost little more than one."""
    limit = g["in_height"] * g["in_width"] * g["in_channels"] // _SHARE
    distances = {most: max(_moments(g, most).distance(1, 1), least) for most in _ROWS}
    most = next((rows for rows in _ROWS if distances[rows] <= limit), 1)
    return DepthwiseOrder(most, 0, distances[most], exact=False)


def _moments(g: Members, most: int) -> Moments:
    """Columns of so many rows; a column is read again for every four channels."""
    runs, reads = run_numbers(g, most), first_reads(g)
    tops = np.flatnonzero(np.diff(runs, prepend=-1))
    bottoms = np.append(tops[1:], len(runs)) - 1
    width, channels = g["out_width"], g["out_channels"]
    ends = (bottoms[:, None] * width + np.arange(width)[None, :] + 1) * channels
    lows = np.minimum.reduceat(reads, tops, axis=0)
    return again(Moments(lows.reshape(-1), ends.reshape(-1)), channels, 4)
