"""In which order a kernel reads its input and writes its output, and how far these may overlap.

A kernel is described by moments, one after the other: at each it reads, then it writes. What counts
is the lowest byte that it reads from then on and the highest that it has written so far: where the
output begins so many bytes before the input that no written byte is still to be read, both can
share memory. The idea is that of the diagonal memory optimisation of TFLite-Micro (Blacker, Bridges
and Hadfield 2019, arXiv 2010.01000), here with the order of these kernels instead of one element
after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tinyml_studio.arith.inttype import Int64Array

NOTHING = np.iinfo(np.int64).max // 4
"""Stands for the lowest byte where nothing is read."""


@dataclass(frozen=True, eq=False)
class Moments:
    """Reads and writes of a kernel in order.

    Parameters
    ----------
    reads
        ``(N,)``: the lowest element of the input that is read at each moment, or `NOTHING`.
    writes
        ``(N,)``: one behind the highest element of the output that is written then, or 0.
    """

    reads: Int64Array
    writes: Int64Array

    def distance(self, in_bytes: int, out_bytes: int) -> int:
        """How many bytes before the input the output must begin, at least; less than 0 is behind.

        `in_bytes` and `out_bytes` are those of one element.
        """
        if len(self.reads) < 2:
            return -NOTHING
        written = np.maximum.accumulate(self.writes[:-1]) * out_bytes
        still = np.minimum.accumulate(self.reads[:0:-1])[::-1] * in_bytes
        return int((written - still).max())


def first_reads(g: Mapping[str, int]) -> Int64Array:
    """``(H, W)``: the lowest element under the window of every output pixel of a geometry."""
    y = _first_taps(g, "height", "y", "top")
    x = _first_taps(g, "width", "x", "left")
    places = (y[:, None] * g["in_width"] + x[None, :]) * g["in_channels"]
    nothing = (y[:, None] == NOTHING) | (x[None, :] == NOTHING)
    result: Int64Array = np.where(nothing, NOTHING, places)
    return result


def _first_taps(g: Mapping[str, int], extent: str, axis: str, pad: str) -> Int64Array:
    """Where the first taps inside the input are, along one axis."""
    begin = np.arange(g[f"out_{extent}"]) * g[f"stride_{axis}"] - g[f"pad_{pad}"]
    dilation = g[f"dilation_{axis}"]
    tap = np.maximum(-(begin // dilation), 0)
    place = begin + tap * dilation
    outside = (tap >= g[f"kernel_{extent}"]) | (place >= g[f"in_{extent}"])
    return np.where(outside, NOTHING, np.minimum(place, NOTHING))


def gathered(reads: Int64Array, channels: int, *, together: int = 1) -> Moments:
    """Pixels one after the other, of which so many are read together and then written."""
    ends = (np.arange(reads.size) + 1) * channels
    whole = np.pad(reads.reshape(-1), (0, -reads.size % together), constant_values=NOTHING)
    last = np.minimum(np.arange(together - 1, len(whole), together), reads.size - 1)
    return Moments(whole.reshape(-1, together).min(axis=1), ends[last])


def interleaved(reads: Int64Array, channels: int, chunk: int, *, together: int = 1) -> Moments:
    """The same, but the input is read again for every `chunk` of output channels."""
    pixels = gathered(reads, channels, together=together)
    return again(pixels, channels, chunk)


def again(pixels: Moments, channels: int, chunk: int) -> Moments:
    """Pixels whose input is read again for every `chunk` of output channels."""
    last = (channels - 1) % chunk + 1
    before = pixels.writes - last if channels > chunk else np.zeros_like(pixels.writes)
    return Moments(
        np.repeat(pixels.reads, 2), np.stack([before, pixels.writes], axis=1).reshape(-1)
    )


def channelwise(reads: Int64Array, channels: int, firsts: Int64Array, ends: Int64Array) -> Moments:
    """Pixels one after the other, of which some channels are read and written at a time.

    Each time the channels from one of `firsts` on are read, and those before one of `ends` written.
    """
    pixels = reads.reshape(-1, 1)
    places = np.arange(reads.size)[:, None] * channels
    held = np.where(pixels == NOTHING, NOTHING, pixels + firsts)
    return Moments(held.reshape(-1), (places + ends).reshape(-1))
