"""What an edit changed, so that a view touches only that."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.app.derived import Derived


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference between two Derived.

    Parameters
    ----------
    name
        The step's name, as undo shows it.
    generation
        Number of the state that it led to; grows with every change.
    model
        Another model: everything is different.
    data
        Other calibration samples or another scaling of them.
    scheme
        Bits, granularity, range method or a manual range changed.
    target
        The chip changed.
    program
        There is another program, or one where there was none, or none any more.
    layers
        Names of the layers whose choice or whose instructions changed, in the network's order.
    """

    name: str
    generation: int
    model: bool
    data: bool
    scheme: bool
    target: bool
    program: bool
    layers: tuple[str, ...]
