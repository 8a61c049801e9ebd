"""The distributions pane: both histograms of a layer, its channels, and what can be chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.channels import ChannelStrip, channel_strip
from tinyml_studio.gui.states.distribution import HistogramState
from tinyml_studio.gui.states.histograms import activation_histogram, weight_histogram
from tinyml_studio.gui.states.range_preview import range_model
from tinyml_studio.gui.states.weight_range import weight_ranges

if TYPE_CHECKING:
    from tinyml_studio.app.layer_values import LayerValues
    from tinyml_studio.quantize.params import QuantParams


@dataclass(frozen=True, slots=True)
class Choices:
    """Range method and granularity in force, and the methods offered; empty means no choice."""

    method: str = ""
    methods: tuple[str, ...] = ()
    granularity: str = ""


@dataclass(frozen=True, eq=False)
class DistributionState:
    """The plots of the selected layer, or what to do to see them; `asks_data`: bring samples."""

    name: str = ""
    operator: str = ""
    weights: HistogramState | None = None
    activations: HistogramState | None = None
    hint: str = ""
    pending: bool = False
    strip: ChannelStrip | None = None
    choices: Choices = Choices()
    asks_data: bool = False


def weight_state(values: LayerValues, channel: int | None) -> HistogramState | None:
    """Histogram of the weights, or of one output channel of them."""
    weights, params = values.weights, values.weight_params
    if weights is None:
        return None
    title = "Weights"
    per_channel = params is not None and params.scale.size > 1
    if channel is not None and channel < weights.shape[0] and weights.shape[0] > 1:
        title = f"Weights of channel {channel}"
        params = _of_channel(params, channel)
        ranges_of = weights[channel : channel + 1] if per_channel else weights
        integers = None
        weights = weights[channel : channel + 1]
    else:
        ranges_of, integers = weights, values.weight_integers
    shown = replace(weight_histogram(weights, params, integers), title=title)
    if params is None:
        return shown
    ranges = weight_ranges(
        ranges_of,
        bits=params.type.bits,
        per_channel=per_channel,
        powers_of_two=values.powers_of_two,
    )
    return replace(shown, ranges=ranges, is_manual=values.weight_reach is not None)


def strip_state(values: LayerValues, channel: int | None) -> ChannelStrip | None:
    """The strip of output channels; None where there is none to show."""
    if values.weights is None:
        return None
    return channel_strip(values.weights, values.weight_params, channel)


def activation_state(values: LayerValues, *, is_manual: bool) -> HistogramState | None:
    """Histogram of the output, with the range that can be dragged."""
    stats, tensor = values.stats, values.tensor
    if stats is None:
        return None
    shown = activation_histogram(stats, tensor)
    if tensor is None or not values.sets_range:
        return shown
    model = range_model(stats, bits=tensor.type.bits, powers_of_two=values.powers_of_two)
    return replace(shown, ranges=model, is_manual=is_manual)


def _of_channel(params: QuantParams | None, channel: int) -> QuantParams | None:
    """The grid of one channel."""
    if params is None or params.scale.size == 1:
        return params
    return replace(params, scale=params.scale[channel : channel + 1])
