"""The layers of a session and what was chosen for them, as JSON and as text."""

from __future__ import annotations

from tinyml_studio.app.studio import Studio
from tinyml_studio.cli import text


def layers_json(studio: Studio) -> dict[str, object]:
    """Everything that was chosen."""
    document = studio.document
    held = document.calibration
    return {
        "model": document.model_path,
        "data": None if held is None else held.path,
        "arithmetic": document.arithmetic,
        "target": document.target,
        "layers": [
            {
                "name": row.name,
                "op": row.kind,
                "weight_bits": row.weight_bits,
                "activation_bits": row.activation_bits,
                "follows": row.follows,
                "granularity": row.granularity,
                "range": row.range_method,
                "manual_range": row.manual_range,
            }
            for row in studio.layers
        ],
    }


def layers_text(studio: Studio) -> str:
    """Everything that was chosen, as a table."""
    rows = [
        (
            row.name,
            row.kind,
            text.optional(row.weight_bits),
            text.optional(row.activation_bits) + ("*" if row.follows else " "),
            text.optional(row.granularity),
            text.interval(row.manual_range) or row.range_method,
        )
        for row in studio.layers
    ]
    header = ("layer", "operator", "w", "a ", "granularity", "range")
    note = "\n* follows its input" if any(row.follows for row in studio.layers) else ""
    return text.table(header, rows) + note
