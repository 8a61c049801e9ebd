"""What an edit changed, so that a view touches only that."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.app.derived import Derived
from tinyml_studio.quantize.legality import layer_names


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
    model: bool = False
    data: bool = False
    scheme: bool = False
    target: bool = False
    program: bool = False
    layers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return self.model or self.data or self.scheme or self.target or self.program


def compare(before: Derived, after: Derived, *, name: str, generation: int) -> Changes:
    """What differs between two states of a session."""
    old, new = before.document, after.document
    model = before.graph is not after.graph
    names = layer_names(after.graph)
    changed = [layer for layer in names if model or _differs(before, after, layer)]
    return Changes(
        name=name,
        generation=generation,
        model=model,
        data=before.stats is not after.stats or old.calibration != new.calibration,
        scheme=old.scheme != new.scheme,
        target=old.target != new.target,
        program=before.program is not after.program,
        layers=tuple(changed),
    )


def _differs(before: Derived, after: Derived, layer: str) -> bool:
    """Whether a layer's choice or its instructions differ."""
    if before.document.scheme.of(layer) != after.document.scheme.of(layer):
        return True
    if before.program is None or after.program is None:
        return before.program is not after.program
    old = before.program.by_layer.get(layer, ())
    new = after.program.by_layer.get(layer, ())
    return len(old) != len(new) or any(a is not b for a, b in zip(old, new, strict=True))
