"""Presets of bits as edits: one step for the whole network."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.app.edits import Edit
from tinyml_studio.document.document import Document
from tinyml_studio.errors import SchemeError
from tinyml_studio.ir.graph import Graph
from tinyml_studio.quantize.legality import WEIGHTED
from tinyml_studio.quantize.presets import PRESETS, Preset
from tinyml_studio.quantize.scheme import Scheme


def change_to_preset(graph: Graph, name: str) -> tuple[Edit, str]:
    """Give every layer the widths of a preset; granularity and ranges stay.

    Raises
    ------
    SchemeError
        If there is no preset of that name.
    """
    if name not in PRESETS:
        raise SchemeError(f"There is no preset {name!r}", hint=f"there are: {', '.join(PRESETS)}")
    preset = PRESETS[name]
    weighted = [node.name for node in graph.nodes if isinstance(node.op, WEIGHTED)]
    ends = dict.fromkeys((*weighted[:1], *weighted[-1:])) if preset.ends else {}

    def edit(document: Document) -> Document:
        return replace(document, scheme=_with(document.scheme, preset, tuple(ends)))

    return edit, f"preset: {preset.title.lower()}"


def _with(scheme: Scheme, preset: Preset, ends: tuple[str, ...]) -> Scheme:
    """The scheme with other widths."""
    default = scheme.default.with_bits(preset.bits)
    chosen = {name: held.with_bits(preset.bits) for name, held in scheme.layers.items()}
    for name in ends:
        chosen[name] = scheme.of(name).with_bits(preset.ends)
    own = {name: held for name, held in chosen.items() if held != default}
    return replace(scheme, default=default, layers=own)
