"""The Scheme: the user's choice of bits, granularity and ranges. It holds nothing computed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from tinyml_studio.errors import SchemeError

WEIGHT_BITS = range(1, 9)
ACTIVATION_BITS = (4, 8, 16)
LEAST_REACH, MOST_REACH = 2.0**-10, 4.0
"""Least and greatest factor of `Scheme.weight_reach`."""


class Granularity(StrEnum):
    """How many scales a weight tensor has."""

    CHANNEL = "channel"
    TENSOR = "tensor"


class RangeMethod(StrEnum):
    """How the range that a grid covers is chosen from the values seen."""

    MINMAX = "minmax"
    PERCENTILE = "percentile"
    MSE = "mse"
    ENTROPY = "entropy"
    FILE = "file"  # the grid that the model's file states, min-max where it states none


@dataclass(frozen=True, slots=True)
class LayerScheme:
    """What is asked of one layer.

    `activation_bits` is the width of the layer's output; a layer that only moves values (pooling,
    reshape, ...) keeps the width of its input, whatever stands here.
    """

    weight_bits: int = 8
    activation_bits: int = 8
    granularity: Granularity = Granularity.CHANNEL
    range_method: RangeMethod = RangeMethod.MINMAX

    def __post_init__(self) -> None:
        if self.weight_bits not in WEIGHT_BITS:
            raise SchemeError(f"Weights have 1 to 8 bits, not {self.weight_bits}")
        if self.activation_bits not in ACTIVATION_BITS:
            raise SchemeError(f"Activations have 4, 8 or 16 bits, not {self.activation_bits}")

    @property
    def bits(self) -> str:
        """The widths as they are written, such as ``w4a8``."""
        return f"w{self.weight_bits}a{self.activation_bits}"

    def with_bits(self, text: str) -> LayerScheme:
        """The same with the widths of `text`: ``w4a8``, or only ``w4`` or ``a16``.

        Raises
        ------
        SchemeError
            If `text` is not of that form or a width is not possible.
        """
        found = re.fullmatch(r"(?:w(\d{1,3}))?(?:a(\d{1,3}))?", text.strip())
        if not found or not text.strip():
            raise SchemeError(
                f"{text!r} is not a choice of bits",
                hint="write w4a8, w4 or a16: weights 1 to 8 bits, activations 4, 8 or 16",
            )
        return replace(
            self,
            weight_bits=int(found[1] or self.weight_bits),
            activation_bits=int(found[2] or self.activation_bits),
        )


@dataclass(frozen=True, slots=True)
class Scheme:
    """The choice for a whole network.

    Parameters
    ----------
    default
        Holds for every layer that has no entry of its own, and for the model's inputs.
    layers
        Exceptions by layer name. An input of the model is a layer under its own name.
    ranges
        Manual ranges ``(low, high)`` in real units by tensor name; they win over any method.
    weight_reach
        By layer name how far the grid of its weights reaches, as a factor of the largest magnitude:
        of the whole tensor, or with a scale per channel of each channel. Wins over any method.
    percentile
        Share of the values that the percentile method keeps, in percent.
    """

    default: LayerScheme = LayerScheme()
    layers: Mapping[str, LayerScheme] = field(default_factory=lambda: MappingProxyType({}))
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=lambda: MappingProxyType({}))
    weight_reach: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    percentile: float = 99.99

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", MappingProxyType(dict(sorted(self.layers.items()))))
        object.__setattr__(self, "ranges", MappingProxyType(dict(sorted(self.ranges.items()))))
        reach = MappingProxyType(dict(sorted(self.weight_reach.items())))
        object.__setattr__(self, "weight_reach", reach)

    def of(self, layer: str) -> LayerScheme:
        """What is asked of the layer of that name."""
        return self.layers.get(layer, self.default)

    def with_layer(self, layer: str, choice: LayerScheme) -> Scheme:
        """The same with another choice for one layer; an entry equal to the default is dropped."""
        rest = {name: held for name, held in self.layers.items() if name != layer}
        if choice != self.default:
            rest[layer] = choice
        return replace(self, layers=rest)

    def with_range(self, tensor: str, limits: tuple[float, float] | None) -> Scheme:
        """The same with a manual range for a tensor, or without one."""
        rest = {name: held for name, held in self.ranges.items() if name != tensor}
        if limits is not None:
            rest[tensor] = limits
        return replace(self, ranges=rest)

    def with_weight_reach(self, layer: str, reach: float | None) -> Scheme:
        """The same with the weights of a layer clipped there, or left to the method (None)."""
        rest = {name: held for name, held in self.weight_reach.items() if name != layer}
        if reach is not None:
            rest[layer] = reach
        return replace(self, weight_reach=rest)
