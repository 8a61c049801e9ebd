"""The strip of output channels: how far the weights of each reach, and where its grid ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.gui.states.distribution import Float64Array, display_exponent
from tinyml_studio.gui.states.text import real

if TYPE_CHECKING:
    from tinyml_studio.quantize.params import QuantParams

MOST_CHANNELS = 512
MOST_PER_CHANNEL = 256
"""Values of a channel that its quantiles are taken of; its extremes are those of all."""


@dataclass(frozen=True, eq=False)
class ChannelStrip:
    """One box per output channel, in real units divided by ``10**exponent``.

    Parameters
    ----------
    low, high
        ``(C,)`` least and greatest weight.
    lower, upper
        ``(C,)`` between them lie 90 % of the weights.
    limits
        ``(C,)`` last level of the channel's grid; empty without a grid.
    chosen
        The channel that is shown alone; None shows all.
    """

    low: Float64Array
    high: Float64Array
    lower: Float64Array
    upper: Float64Array
    limits: Float64Array
    chosen: int | None = None
    exponent: int = 0

    def tip(self, channel: int) -> str:
        """One line about a channel."""
        low, high = (real(float(part[channel]), figures=3) for part in (self.low, self.high))
        power = f" × 10^{self.exponent}" if self.exponent else ""
        end = f" · grid to ±{real(float(self.limits[channel]), figures=3)}" * bool(self.limits.size)
        return f"channel {channel}: {low} … {high}{end}{power}"


def channel_strip(
    weights: FloatArray, params: QuantParams | None, chosen: int | None
) -> ChannelStrip | None:
    """The strip of a weight tensor (channel first); None where it would tell nothing."""
    channels = weights.shape[0] if weights.ndim else 0
    if not 1 < channels <= MOST_CHANNELS or weights.size == 0:
        return None
    rows = weights.reshape(channels, -1)
    some = rows[:, :: -(-rows.shape[1] // MOST_PER_CHANNEL)].astype(np.float64)
    lower, upper = np.quantile(some, (0.05, 0.95), axis=1)
    low, high = rows.min(axis=1).astype(np.float64), rows.max(axis=1).astype(np.float64)
    limits = np.zeros(0)
    if params is not None:
        limits = np.broadcast_to(params.scale * params.high, (channels,)).astype(np.float64)
    exponent = display_exponent(float(max(-low.min(), high.max(), 0.0)))
    unit = 10.0**exponent
    shown = chosen if chosen is not None and chosen < channels else None
    return ChannelStrip(
        low / unit, high / unit, lower / unit, upper / unit, limits / unit, shown, exponent
    )
