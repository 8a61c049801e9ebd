"""The stack that a header can take at most, from the compiler's own call graph."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from tests.c.compilers import compile_c, implementation, need
from tinyml_studio.verify.machines import MACHINES

_NODE = re.compile(r'node: \{ title: "([^"]+)" label: "[^"]*?\\n(\d+) bytes')
_EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
_VALUES = re.compile(r"(_weights\w*\[\d+\][^=\n]*= )\{[^}]*\}")


def stack_bytes(
    header: str, core: str, folder: Path, *, level: str = "-O2", root: str = "net_invoke"
) -> int:
    """Bytes of stack of a function with all that it calls, along the deepest path.

    Weights are left out, which changes no code and lets the compiler come to an end sooner.
    """
    machine = MACHINES[core]
    compiler = f"{machine.prefix}gcc"
    need(compiler)
    source = implementation(folder, _VALUES.sub(r"\1{0}", header))
    flags = [*machine.flags, machine.library, "-std=c99", level, "-fcallgraph-info=su"]
    compile_c(folder, compiler, *flags, "-c", source, "-o", "net.o")
    graph = (folder / "net.ci").read_text(encoding="utf-8")
    frames = {name: int(size) for name, size in _NODE.findall(graph)}
    calls: dict[str, set[str]] = {}
    for caller, callee in _EDGE.findall(graph):
        calls.setdefault(caller, set()).add(callee)

    @cache
    def depth(name: str) -> int:
        return frames.get(name, 0) + max(map(depth, calls.get(name, ())), default=0)

    return depth(root)
