"""Choices of bits for a whole network, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """Widths for every layer.

    Parameters
    ----------
    title, tip
        As the menu shows it, and what it is good for in one sentence.
    bits
        Of every layer.
    ends
        Of the first and the last layer with weights; empty gives them those of the others.
    """

    title: str
    tip: str
    bits: str
    ends: str = ""


PRESETS: Mapping[str, Preset] = {
    "w8a8": Preset("All w8a8", "8 bits everywhere: what most engines run, seldom worse", "w8a8"),
    "w4a8": Preset("All w4a8", "Weights of 4 bits: about half of the flash, at a cost", "w4a8"),
    "ends8": Preset(
        "First and Last w8a8, Others w4a8",
        "The ends are the most sensitive layers and seldom the largest: they keep 8 bits",
        "w4a8",
        "w8a8",
    ),
    "w8a16": Preset(
        "All w8a16", "Activations of 16 bits: twice the RAM, nearly no error of their own", "w8a16"
    ),
}
