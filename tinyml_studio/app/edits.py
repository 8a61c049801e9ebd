"""Edits of a Document, each with the name that undo shows for it."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tinyml_studio.app.targets import lasting_name
from tinyml_studio.arith.profile import arithmetic
from tinyml_studio.document.document import Calibration, Document, ReferenceFile
from tinyml_studio.errors import SchemeError
from tinyml_studio.ir.graph import Graph
from tinyml_studio.quantize.legality import matching_layers, with_bits
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


def change_reference(held: ReferenceFile | None) -> tuple[Edit, str]:
    """Hold the model against another one, or against itself in float."""
    name = "no reference" if held is None else f"reference {held.path.name}"
    return (lambda document: replace(document, reference=held)), name


def change_layers(graph: Graph, patterns: Sequence[str], choice: Choice) -> tuple[Edit, str]:
    """Give every layer that matches a name or glob another choice.

    Among several patterns each takes the bits that apply to it; at least one must.

    Raises
    ------
    SchemeError
        If a pattern matches nothing.
    """
    patterns = tuple(patterns)
    names = tuple(
        dict.fromkeys(name for pattern in patterns for name in matching_layers(graph, pattern))
    )
    rest = replace(choice, bits=None)

    def edit(document: Document) -> Document:
        scheme = document.scheme
        if choice.bits is not None:
            scheme = _with_bits(graph, scheme, patterns, choice.bits)
        for name in names:
            scheme = scheme.with_layer(name, rest.of(scheme.of(name)))
        return replace(document, scheme=scheme)

    subject = patterns[0] if len(patterns) == 1 else f"{len(names)} layers"
    return edit, f"{subject} → {choice}"


def _with_bits(graph: Graph, scheme: Scheme, patterns: Sequence[str], bits: str) -> Scheme:
    """The scheme with other widths; SchemeError when no pattern can take them."""
    refusals = []
    for pattern in patterns:
        try:
            scheme = with_bits(graph, scheme, pattern, bits)
        except SchemeError as error:
            refusals.append(error)
    if len(refusals) == len(patterns):
        raise refusals[0]
    return scheme


def change_default(choice: Choice) -> tuple[Edit, str]:
    """Change what holds for every layer that has no choice of its own."""

    def edit(document: Document) -> Document:
        scheme = document.scheme
        default = choice.of(scheme.default)
        own = {name: held for name, held in scheme.layers.items() if held != default}
        return replace(document, scheme=replace(scheme, default=default, layers=own))

    return edit, f"all layers → {choice}"


def change_all(choice: Choice) -> tuple[Edit, str]:
    """Change every layer: what holds by default, and the choices that layers have of their own."""

    def edit(document: Document) -> Document:
        scheme = document.scheme
        default = choice.of(scheme.default)
        changed = {name: choice.of(held) for name, held in scheme.layers.items()}
        own = {name: held for name, held in changed.items() if held != default}
        return replace(document, scheme=replace(scheme, default=default, layers=own))

    return edit, f"every layer → {choice}"


def change_scheme(scheme: Scheme, name: str) -> tuple[Edit, str]:
    """Replace the whole scheme."""
    return lambda document: replace(document, scheme=scheme), name


def change_range(graph: Graph, tensor: str, limits: tuple[float, float] | None) -> tuple[Edit, str]:
    """Set the range of a tensor by hand, or give it back to the method (None).

    `tensor` may also be the name of a layer or of an input of the model: its output is meant.

    Raises
    ------
    SchemeError
        If there is no such tensor, or the limits are not a range.
    """
    name = _tensor(graph, tensor)
    if limits is None:
        shown = "automatic range"
    else:
        low, high = limits = (float(limits[0]), float(limits[1]))
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise SchemeError(
                f"{low:g} to {high:g} is not a range for {tensor!r}",
                hint="give two finite numbers, the lower one first",
            )
        shown = f"[{low:g}, {high:g}]"
    return (
        lambda document: replace(document, scheme=document.scheme.with_range(name, limits)),
        f"{tensor} → {shown}",
    )


def change_weight_reach(layer: str, reach: float | None) -> tuple[Edit, str]:
    """End the grid of a layer's weights at a factor of the largest, or leave it to the method."""
    shown = "automatic" if reach is None else f"{100 * reach:.3g} % of the largest"
    return (
        lambda document: replace(document, scheme=document.scheme.with_weight_reach(layer, reach)),
        f"{layer} weights → {shown}",
    )


def _tensor(graph: Graph, name: str) -> str:
    """The tensor of that name, or that the layer or input of that name makes."""
    outputs = {port.name: port.tensor for port in graph.inputs}
    outputs |= {node.name: node.outputs[0] for node in graph.nodes}
    known = {*outputs.values(), *graph.producers}
    if name not in known and name not in outputs:
        close = difflib.get_close_matches(name, [*outputs, *known], 3)
        hint = f"did you mean {', '.join(close)}?" if close else ""
        raise SchemeError(f"There is no layer or tensor {name!r}", hint=hint)
    return name if name in known else outputs[name]


def change_calibration(calibration: Calibration) -> tuple[Edit, str]:
    """Take other samples."""
    name = f"calibrate with {calibration.path.name}"
    return lambda document: replace(document, calibration=calibration), name


def change_arithmetic(name: str) -> tuple[Edit, str]:
    """Choose another arithmetic profile; SchemeError if there is none of that name."""
    known = arithmetic(name).name
    return lambda document: replace(document, arithmetic=known), f"arithmetic → {known}"


def change_target(target: str) -> tuple[Edit, str]:
    """Choose another chip, or a file of the user's own; TargetError if there is none."""
    name = lasting_name(target)
    return lambda document: replace(document, target=name), f"target → {name}"
