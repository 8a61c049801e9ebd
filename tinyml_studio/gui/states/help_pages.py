"""The bundled help pages, in reading order."""

from __future__ import annotations

from pathlib import Path

from tinyml_studio.paths import resource

TITLES = {
    "getting-started": "Getting Started",
    "layers": "Layers",
    "graph": "Graph",
    "bits": "Bit Widths",
    "distributions": "Distributions",
    "error": "Error",
    "advice": "Advice",
    "budget": "Budget",
    "memory": "Memory",
    "pareto": "Pareto",
    "simulator": "Simulator",
    "code": "C Header",
    "verify": "Verify",
    "history": "History",
    "safety": "Nothing Is Lost",
    "arithmetic": "Arithmetic",
}


def help_pages() -> tuple[tuple[str, Path], ...]:
    """Title and file of every page."""
    return tuple((title, resource("help", f"{name}.md")) for name, title in TITLES.items())
