"""Edits of a Document, each with the name that undo shows for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from tinyml_studio.app.targets import find_target
from tinyml_studio.document.document import Calibration, Document
from tinyml_studio.errors import SchemeError
from tinyml_studio.ir.graph import Graph
from tinyml_studio.quantize.legality import matching_layers
from tinyml_studio.quantize.scheme import Granularity, LayerScheme, RangeMethod, Scheme

Edit = Callable[[Document], Document]


@dataclass(frozen=True, slots=True)
class Choice:
    """What to change in a layer's scheme; None leaves it as it is.

    Parameters
    ----------
    bits
        ``w4a8``, ``w4`` or ``a16``.
    granularity, range_method
        Of the weights' scales, and of every range of the layer.
    """

    bits: str | None = None
    granularity: Granularity | None = None
    range_method: RangeMethod | None = None

    def of(self, held: LayerScheme) -> LayerScheme:
        """The layer's scheme with these changes."""
        if self.bits is not None:
            held = held.with_bits(self.bits)
        if self.granularity is not None:
            held = replace(held, granularity=self.granularity)
        if self.range_method is not None:
            held = replace(held, range_method=self.range_method)
        return held

    def __str__(self) -> str:
        words = (self.bits, self.granularity, self.range_method)
        return " ".join(str(word) for word in words if word is not None)


def change_layers(graph: Graph, patterns: Iterable[str], choice: Choice) -> tuple[Edit, str]:
    """Give every layer that matches a name or glob another choice.

    Raises
    ------
    SchemeError
        If a pattern matches nothing, or the bits are not possible.
    """
    patterns = tuple(patterns)
    names = tuple(
        dict.fromkeys(name for pattern in patterns for name in matching_layers(graph, pattern))
    )

    def edit(document: Document) -> Document:
        scheme = document.scheme
        for name in names:
            scheme = scheme.with_layer(name, choice.of(scheme.of(name)))
        return replace(document, scheme=scheme)

    subject = patterns[0] if len(patterns) == 1 else f"{len(names)} layers"
    return edit, f"{subject} → {choice}"


def change_default(choice: Choice) -> tuple[Edit, str]:
    """Change what holds for every layer that has no choice of its own."""

    def edit(document: Document) -> Document:
        scheme = document.scheme
        default = choice.of(scheme.default)
        own = {name: held for name, held in scheme.layers.items() if held != default}
        return replace(document, scheme=replace(scheme, default=default, layers=own))

    return edit, f"all layers → {choice}"


def change_scheme(scheme: Scheme, name: str) -> tuple[Edit, str]:
    """Replace the whole scheme."""
    return lambda document: replace(document, scheme=scheme), name


def change_range(graph: Graph, tensor: str, limits: tuple[float, float] | None) -> tuple[Edit, str]:
    """Set the range of a tensor by hand, or give it back to the method (None).

    Raises
    ------
    SchemeError
        If there is no such tensor, or the limits are not a range.
    """
    if tensor in graph.by_name:
        tensor = graph.by_name[tensor].outputs[0]
    if tensor in graph.constants or tensor not in graph.shapes:
        raise SchemeError(
            f"There is no tensor {tensor!r} whose range could be set",
            hint="give the name of a layer, of its output, or of an input of the model",
        )
    if limits is None:
        return (
            lambda document: replace(document, scheme=document.scheme.with_range(tensor, None)),
            f"{tensor} → automatic range",
        )
    low, high = float(limits[0]), float(limits[1])
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise SchemeError(
            f"{low:g} to {high:g} is not a range for {tensor!r}",
            hint="give two finite numbers, the lower one first",
        )
    return (
        lambda document: replace(document, scheme=document.scheme.with_range(tensor, (low, high))),
        f"{tensor} → [{low:g}, {high:g}]",
    )


def change_calibration(calibration: Calibration) -> tuple[Edit, str]:
    """Take other samples."""
    name = f"calibrate with {calibration.path.name}"
    return lambda document: replace(document, calibration=calibration), name


def change_target(target: str) -> tuple[Edit, str]:
    """Choose another chip; ExportError if there is none of that name."""
    name = find_target(target).name
    return lambda document: replace(document, target=name), f"target → {name}"
