"""Two programs, or a program and a device, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.text import clean, percent, real, whole

if TYPE_CHECKING:
    from tinyml_studio.simulate.difference import Difference

ASK = (
    "Compare with the integers of another engine, or with tensors that a device has left in a "
    "folder: .npy or raw .bin files by layer name or in order"
)


@dataclass(frozen=True, slots=True)
class CompareLine:
    """One layer: share of the elements that differ, and the largest difference in steps."""

    key: str
    name: str
    share: str
    largest: str
    differs: bool


@dataclass(frozen=True, slots=True)
class CompareState:
    """The pane's page.

    Parameters
    ----------
    lines
        All layers that both have.
    title
        Whether they are equal, else where they differ first.
    cause
        What is different there, in words.
    first
        The true name of the first layer that differs.
    hint
        What to do as long as nothing was compared, or why it was not possible.
    """

    lines: tuple[CompareLine, ...] = ()
    title: str = ""
    cause: str = ""
    first: str = ""
    hint: str = ASK


def compare_state(
    found: Difference, names: Mapping[str, str], other: str, *, is_old: bool = False
) -> CompareState:
    """The page of a comparison with `other`; `names` are the layers' short names."""
    lines = tuple(
        CompareLine(
            layer.name,
            names.get(layer.name, clean(layer.name)),
            percent(layer.differing / layer.elements) if layer.differing else "–",
            real(layer.max_difference, figures=3) if layer.differing else "–",
            differs=layer.differing > 0,
        )
        for layer in found.layers
    )
    samples = f"{whole(found.samples)} samples"
    if found.first_difference:
        first = names.get(found.first_difference, clean(found.first_difference))
        layer = next(held for held in found.layers if held.name == found.first_difference)
        share = percent(layer.differing / layer.elements)
        title = f"{other}: differs first in {first}, {share} of its values · {samples}"
    else:
        title = f"{other}: {len(lines)} layers equal, every value · {samples}"
    if is_old:
        title += " · before the last change"
    left = [(found.unmatched, "layers that only one has"), (found.ignored, "files of no layer")]
    notes = [
        f"{what}: {', '.join(clean(name, limit=40) for name in list_[:4])}"
        + (f" and {len(list_) - 4} more" if len(list_) > 4 else "")
        for list_, what in left
        if list_
    ]
    cause = ". ".join(filter(None, (clean(found.cause, limit=400), *notes)))
    return CompareState(lines, title, cause, found.first_difference, hint="")
