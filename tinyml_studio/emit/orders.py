"""The order of reading and writing of every kernel whose output may reach into its input.

What stands here is what the head of each kernel's file says; `tests/c/test_overlap.py` runs all of
them with just these distances.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.emit.blocks import PAIR_BYTES
from tinyml_studio.emit.call import KernelCall, Parameters
from tinyml_studio.emit.order import (
    Moments,
    again,
    channelwise,
    first_reads,
    gathered,
    interleaved,
)

Members = Mapping[str, int]


def moments_of(call: KernelCall) -> Moments | None:
    """The order of a call; None for kernels that are not known to be safe in any."""
    found = ORDERS.get(call.kernel)
    return None if found is None else found(members_of(call))


def members_of(call: KernelCall) -> Members:
    """The integers among the parameters of a layer and of its geometry."""
    layer = call.arguments[0]
    if not isinstance(layer, Parameters):
        return {}
    members = {key: value for key, value in layer.values.items() if isinstance(value, int)}
    geometry = layer.values.get("geometry")
    if isinstance(geometry, Parameters):
        members |= {k: value for k, value in geometry.values.items() if isinstance(value, int)}
    return members


def _chunks(channels: int, chunk: int) -> tuple[Int64Array, Int64Array]:
    firsts = np.arange(0, channels, chunk)
    return firsts, np.minimum(firsts + chunk, channels)


def _by_channels(chunk: int) -> Callable[[Members], Moments]:
    """Pixel by pixel, of each so many channels at a time."""

    def order(g: Members) -> Moments:
        return channelwise(first_reads(g), g["out_channels"], *_chunks(g["out_channels"], chunk))

    return order


def _depthwise(g: Members) -> Moments:
    """Four channels at a time, then one; several outputs of a channel one by one."""
    channels = g["out_channels"]
    multiple = channels // g["in_channels"]
    fours = channels // 4 * 4 if multiple == 1 else 0
    firsts = np.array([*range(0, fours, 4), *range(fours, channels)])
    ends = np.array([*range(4, fours + 1, 4), *range(fours + 1, channels + 1)])
    return channelwise(first_reads(g), channels, firsts // multiple, ends)


def _depthwise_mve(g: Members) -> Moments:
    """Sixteen channels at a time; the last sixteen may be read and written once more."""
    channels = g["out_channels"]
    firsts = np.minimum(np.arange(0, channels, 16), channels - 16)
    return channelwise(first_reads(g), channels, firsts, firsts + 16)


def _gathered(together: int) -> Callable[[Members], Moments]:
    """So many pixels are gathered before they are written."""

    def order(g: Members) -> Moments:
        return gathered(first_reads(g), g["out_channels"], together=together)

    return order


def _conv2d_bytes(g: Members) -> Moments:
    """As many pixels as there is room for are gathered before they are written."""
    size = g["kernel_height"] * g["kernel_width"] * g["in_channels"]
    return _gathered(2 if size <= PAIR_BYTES else 1)(g)


def _interleaved(together: int, chunk: int) -> Callable[[Members], Moments]:
    """So many pixels are read for every few channels of theirs."""

    def order(g: Members) -> Moments:
        return interleaved(first_reads(g), g["out_channels"], chunk, together=together)

    return order


def _conv2d(g: Members) -> Moments:
    """Pairs of pixels away from the left and right border, else single ones, row by row."""
    reads, channels = first_reads(g), g["out_channels"]
    begin = np.arange(g["out_width"]) * g["stride_x"] - g["pad_left"]
    reach = g["stride_x"] + (g["kernel_width"] - 1) * g["dilation_x"]
    inner = (begin >= 0) & (begin + reach < g["in_width"])
    lasts, x = [], 0
    while x < g["out_width"]:
        x += 2 if inner[x] and x + 1 < g["out_width"] else 1
        lasts.append(x - 1)
    firsts = np.array([0, *(last + 1 for last in lasts[:-1])])
    lows = np.minimum(reads[:, firsts], reads[:, lasts])
    rows = np.arange(g["out_height"])[:, None] * g["out_width"]
    ends = (rows + np.array(lasts)[None, :] + 1) * channels
    return again(Moments(lows.reshape(-1), ends.reshape(-1)), channels, 1)


def _conv2d_rows(g: Members) -> Moments:
    """A row or two: pairs down the left border, pairs along each row, pairs down the right one."""
    width, height, stride = g["out_width"], g["out_height"], g["stride_x"]
    first = min(-(-g["pad_left"] // stride), width)
    reach = (g["kernel_width"] - 1) * g["dilation_x"] - g["pad_left"]
    end = first + max(min(width, -(-(g["in_width"] - reach) // stride)) - first, 0) // 2 * 2
    down = g["stride_y"] + (g["kernel_height"] - 1) * g["dilation_y"]
    left, right, inner = np.arange(first), np.arange(end, width), np.arange(first, end, 2)
    upper, lower, y = [], [], 0
    while y < height:
        begin = y * g["stride_y"] - g["pad_top"]
        rows = 2 if begin >= 0 and begin + down < g["in_height"] and y + 1 < height else 1
        bottom = y + rows - 1
        upper += [y * width + left, *((y + i) * width + inner for i in range(rows))]
        lower += [bottom * width + left, *((y + i) * width + inner + 1 for i in range(rows))]
        upper.append(y * width + right)
        lower.append(bottom * width + right)
        y += rows
    return _pairs(g, np.concatenate(upper), np.concatenate(lower))


def _pairs(g: Members, upper: Int64Array, lower: Int64Array) -> Moments:
    """Two pixels at a time, or one that is both, which are read for every two channels."""
    reads, channels = first_reads(g).reshape(-1), g["out_channels"]
    lows = np.minimum(reads[upper], reads[lower])
    return again(Moments(lows, (np.maximum(upper, lower) + 1) * channels), channels, 2)


def _rows(chunk: int) -> Callable[[Members], Moments]:
    """Row by row of a matrix, each of which is read for every few outputs."""

    def order(layer: Members) -> Moments:
        reads = np.arange(layer["rows"]) * layer["in_size"]
        return interleaved(reads, layer["out_size"], chunk)

    return order


ORDERS: Mapping[str, Callable[[Members], Moments]] = MappingProxyType(
    {
        "tms_conv2d": _conv2d,
        "tms_conv2d_rows": _conv2d_rows,
        "tms_conv2d_patch": _gathered(2),
        "tms_conv2d_gathered": _gathered(2),
        "tms_conv2d_bytes": _conv2d_bytes,
        "tms_conv2d_patch_mve": _gathered(2),
        "tms_conv2d_gathered_mve": _gathered(2),
        "tms_conv2d_pixels_mve": _gathered(2),
        "tms_conv2d_few_mve": _gathered(2),
        "tms_conv2d_mve": _interleaved(2, 4),
        "tms_conv2d16": _interleaved(1, 4),
        "tms_conv2d16_patch": _gathered(1),
        "tms_depthwise_conv2d": _depthwise,
        "tms_depthwise_mve": _depthwise_mve,
        "tms_depthwise16": _by_channels(4),
        "tms_max_pool2d": _by_channels(1),
        "tms_max_pool2d_mve": _by_channels(16),
        "tms_average_pool2d": _by_channels(1),
        "tms_average_pool2d_mve": _by_channels(4),
        "tms_average_pool_float32": _by_channels(1),
        "tms_fully_connected": _rows(1),
        "tms_fully_connected_blocks": _rows(4),
        "tms_fully_connected_mve": _rows(4),
    }
)
"""By the name of a kernel in `resources/c/`."""
