"""The rows of the layer table."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.ir.ops import Shape
from tinyml_studio.quantize.scheme import Granularity, RangeMethod


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One layer as a person sees it; an input of the model is a row of kind ``Input``.

    Parameters
    ----------
    name, kind
        The layer's name, and its operator.
    output
        Name of the tensor that it makes (the first of several).
    output_shape
        Shape of one sample, channels last; None when it is unknown.
    parameters, macs
        Weights and biases; multiply-accumulates for one sample.
    weight_bits
        None when the layer has no weights.
    activation_bits
        Width of the output; None when the layer cannot run as integers.
    follows
        The layer keeps the width of its input: its own cannot be chosen.
    granularity
        Of the weights' scales; None when the layer has no weights.
    range_method
        How its ranges are chosen.
    manual_range
        The range ``(low, high)`` that the user set for the output, in real units.
    own
        The layer has a choice of its own instead of the default.
    refused
        Why the layer cannot run as integers; empty when it can.
    """

    name: str
    kind: str
    output: str
    output_shape: Shape | None
    parameters: int
    macs: int
    weight_bits: int | None
    activation_bits: int | None
    follows: bool
    granularity: Granularity | None
    range_method: RangeMethod
    manual_range: tuple[float, float] | None
    own: bool
    refused: str
