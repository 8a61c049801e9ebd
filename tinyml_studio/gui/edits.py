"""The edits that panes ask for; each is one step of undo."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tinyml_studio.app.budgets import change_limit
from tinyml_studio.quantize.scheme import Granularity, RangeMethod

if TYPE_CHECKING:
    from tinyml_studio.document.document import Document
    from tinyml_studio.gui.open_session import OpenSession


class Edits:
    """Asks the workspace to change the document, always off the window's thread."""

    def __init__(self, session: OpenSession) -> None:
        self._session = session

    def set_bits(self, layers: tuple[str, ...], bits: str) -> None:
        """Choose a width for layers, as one step."""
        self._session.edit(lambda studio: studio.set_layers(layers, bits=bits))

    def set_granularity(self, layers: tuple[str, ...], granularity: str) -> None:
        """Choose one weight scale per channel or per tensor for layers, as one step."""
        chosen = Granularity(granularity)
        self._session.edit(lambda studio: studio.set_layers(layers, granularity=chosen))

    def set_method(self, layers: tuple[str, ...], method: str) -> None:
        """Choose how the ranges of layers are found, as one step."""
        chosen = RangeMethod(method)
        self._session.edit(lambda studio: studio.set_layers(layers, range_method=chosen))

    def set_all(self, bits: str, granularity: str, method: str) -> None:
        """Choose for every layer, as one step; an empty text leaves that as it is."""
        self._session.edit(
            lambda studio: studio.set_all(
                bits=bits or None,
                granularity=Granularity(granularity) if granularity else None,
                range_method=RangeMethod(method) if method else None,
            )
        )

    def set_preset(self, name: str) -> None:
        """Give every layer the widths of a preset, as one step."""
        self._session.edit(lambda studio: studio.set_preset(name))

    def set_arithmetic(self, name: str) -> None:
        """Choose the engine whose integers are computed."""
        self._session.edit(lambda studio: studio.set_arithmetic(name))

    def set_range(self, layer: str, limits: tuple[float, float] | None) -> None:
        """Set the range of a layer's output by hand, or give it back to the method."""
        self._session.edit(lambda studio: studio.set_range(layer, limits))

    def set_weight_reach(self, layer: str, reach: float | None) -> None:
        """Set by hand how far the grid of a layer's weights reaches, or leave it to the method."""
        self._session.edit(lambda studio: studio.set_weight_reach(layer, reach))

    def choose(self, layer: str, bits: str, granularity: str, method: str) -> None:
        """Choose for one layer, as one step; an empty text leaves that as it is."""
        self._session.edit(
            lambda studio: studio.set_layers(
                (layer,),
                bits=bits or None,
                granularity=Granularity(granularity) if granularity else None,
                range_method=RangeMethod(method) if method else None,
            )
        )

    def adopt(self, document: Document, name: str) -> None:
        """Go to a configuration that was tried, as one new step; chip and budget stay."""
        shown = name.removeprefix("adopt ") or "configuration"

        def edit(now: Document) -> Document:
            return replace(document, target=now.target, budget=now.budget)

        self._session.edit(lambda studio: studio.apply(edit, f"adopt {shown}"))

    def set_target(self, target: str) -> None:
        """Choose the chip, by name or by the path of a target file."""
        self._session.edit(lambda studio: studio.set_target(target))

    def set_limit(self, name: str, value: float | None) -> None:
        """Set one limit of the budget, or drop it."""
        self._session.edit(lambda studio: studio.apply(*change_limit(name, value)))

    def undo(self) -> None:
        """Take the last change back."""
        self._session.edit(lambda studio: studio.undo() if studio.can_undo else None)

    def redo(self) -> None:
        """Do the change again."""
        self._session.edit(lambda studio: studio.redo() if studio.can_redo else None)

    def go_to(self, step: int) -> None:
        """Go to a step of the history, back or forward."""
        self._session.edit(lambda studio: studio.goto(step))
