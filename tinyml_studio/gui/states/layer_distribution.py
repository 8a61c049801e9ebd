"""The distributions pane: both histograms of a layer, its channels, and what can be chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.channels import ChannelStrip, channel_strip
from tinyml_studio.gui.states.distribution import HistogramState
from tinyml_studio.gui.states.histograms import activation_histogram, weight_histogram
from tinyml_studio.gui.states.range_preview import range_model

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
    """The plots of the selected layer, or what to do to see them."""

    name: str = ""
    operator: str = ""
    weights: HistogramState | None = None
    activations: HistogramState | None = None
    hint: str = ""
    pending: bool = False
    strip: ChannelStrip | None = None
    choices: Choices = Choices()


def weight_state(values: LayerValues, channel: int | None) -> HistogramState | None:
    """Histogram of the weights, or of one output channel of them."""
    weights, params = values.weights, values.weight_params
    if weights is None:
        return None
    if channel is None or channel >= weights.shape[0]:
        return weight_histogram(weights, params)
    shown = weight_histogram(weights[channel : channel + 1], _of_channel(params, channel))
    return replace(shown, title=f"Weights of channel {channel}")


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
