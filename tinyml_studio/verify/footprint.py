"""What a compiled header takes: bytes of flash, and the deepest stack."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SECTION = re.compile(r"^(\.?[\w.]+)\s+(\d+)", re.MULTILINE)
_NODE = re.compile(r'node: \{ title: "([^"]+)" label: "([^"]*)"')
_FRAME = re.compile(r"(\d+) bytes \((static|dynamic|dynamic,bounded)\)")
_EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
_IN_FLASH = (".text", ".rodata", ".data")
_IN_RAM = (".data", ".bss")


def flash_bytes(size_output: str) -> int:
    """Code, constants and initialised data from the output of ``size -A``."""
    return sum(
        int(found[2]) for found in _SECTION.finditer(size_output) if found[1].startswith(_IN_FLASH)
    )


def code_bytes(size_output: str) -> int:
    """Code from the output of ``size -A``."""
    return sum(
        int(found[2]) for found in _SECTION.finditer(size_output) if found[1].startswith(".text")
    )


def static_bytes(size_output: str) -> int:
    """Initialised and cleared data from the output of ``size -A``."""
    return sum(
        int(found[2]) for found in _SECTION.finditer(size_output) if found[1].startswith(_IN_RAM)
    )


def stack_bytes(call_graph: str, function: str) -> int | None:
    """Deepest stack below a function, from GCC's ``-fcallgraph-info=su``.

    Functions of the C library count as nothing. None if the graph does not know the function.
    """
    frames: dict[str, int] = {}
    names: dict[str, str] = {}
    for found in _NODE.finditer(call_graph):
        title, label = found[1], found[2]
        frame = _FRAME.search(label)
        frames[title] = int(frame[1]) if frame else 0
        names[label.split("\\n")[0]] = title
    calls: dict[str, list[str]] = {}
    for found in _EDGE.finditer(call_graph):
        calls.setdefault(found[1], []).append(found[2])
    if function not in names:
        return None
    return _deepest(names[function], frames, calls, {})


def _deepest(
    title: str, frames: Mapping[str, int], calls: Mapping[str, list[str]], known: dict[str, int]
) -> int:
    """Stack of a function with all that it calls; generated code never calls itself."""
    if title not in known:
        known[title] = 0
        below = (_deepest(other, frames, calls, known) for other in calls.get(title, []))
        known[title] = frames.get(title, 0) + max(below, default=0)
    return known[title]
