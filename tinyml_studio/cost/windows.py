"""Where the windows of a layer lie: taps inside the input, by output row and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.emit.call import Parameters, Value

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Axis:
    """One axis of a sliding window.

    Parameters
    ----------
    inside, outside
        Positions of the input, and of the output.
    kernel, stride, pad, dilation
        Taps, input positions from one window to the next, padding in front, input positions from
        one tap to the next.
    """

    inside: int
    outside: int
    kernel: int
    stride: int
    pad: int
    dilation: int

    @property
    def starts(self) -> Ints:
        """Where each window begins in the input, ``(outside,)``."""
        starts: Ints = np.arange(self.outside) * self.stride - self.pad
        return starts

    @property
    def reach(self) -> int:
        """From a window's first tap to its last."""
        return (self.kernel - 1) * self.dilation

    def bounds(self) -> tuple[Ints, Ints]:
        """The first tap inside the input and one behind the last, of each window."""
        places = self.starts[:, None] + np.arange(self.kernel) * self.dilation
        within = (places >= 0) & (places < self.inside)
        first = np.where(within.any(axis=1), within.argmax(axis=1), 0)
        return first, first + within.sum(axis=1)

    @property
    def taps(self) -> Ints:
        """Taps inside the input, of each window."""
        first, end = self.bounds()
        return end - first

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Whether each window lies inside."""
        whole: NDArray[np.bool_] = self.taps == self.kernel
        return whole


@dataclass(frozen=True, eq=False)
class Windows:
    """The windows of a layer.

    Parameters
    ----------
    y, x
        The two axes.
    depth, channels
        Channels of the input and of the output.
    """

    y: Axis
    x: Axis
    depth: int
    channels: int

    @property
    def pixels(self) -> int:
        """Positions of the output."""
        return self.y.outside * self.x.outside

    @property
    def border(self) -> int:
        """Windows that leave the input."""
        return self.pixels - int(self.y.whole.sum()) * int(self.x.whole.sum())

    @property
    def rows(self) -> int:
        """Rows of taps inside the input, over all windows."""
        return int(self.y.taps.sum()) * self.x.outside

    @property
    def taps(self) -> int:
        """Taps inside the input, over all windows."""
        return int(self.y.taps.sum()) * int(self.x.taps.sum())

    @property
    def missing(self) -> int:
        """Taps in the padding, over all windows."""
        return self.pixels * self.y.kernel * self.x.kernel - self.taps


def windows_of(geometry: Value) -> Windows:
    """The windows that a structure `tms_geometry_t` describes."""
    held = cast("Mapping[str, int]", cast("Parameters", geometry).values)
    axes = [
        Axis(
            held[f"in_{size}"],
            held[f"out_{size}"],
            held[f"kernel_{size}"],
            held[f"stride_{axis}"],
            held[f"pad_{before}"],
            held[f"dilation_{axis}"],
        )
        for size, axis, before in (("height", "y", "top"), ("width", "x", "left"))
    ]
    return Windows(axes[0], axes[1], held["in_channels"], held["out_channels"])
