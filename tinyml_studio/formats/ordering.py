"""Topological order of nodes, in the file's own order where that is one."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.wire import WireNode


def in_order(nodes: Sequence[WireNode]) -> tuple[WireNode, ...]:
    """The nodes so that each comes after those whose outputs it reads (Kahn's algorithm).

    Raises
    ------
    Malformed
        If some nodes need each other; names one that can never run.
    """
    producer = {tensor: index for index, node in enumerate(nodes) for tensor in node.outputs}
    readers: list[list[int]] = [[] for _ in nodes]
    waiting = [0] * len(nodes)
    for index, node in enumerate(nodes):
        sources = {producer[tensor] for tensor in node.inputs if tensor in producer}
        waiting[index] = len(sources)
        for source in sources:
            readers[source].append(index)
    ready = [index for index, count in enumerate(waiting) if not count]
    order: list[WireNode] = []
    while ready:
        index = heapq.heappop(ready)
        order.append(nodes[index])
        for reader in readers[index]:
            waiting[reader] -= 1
            if not waiting[reader]:
                heapq.heappush(ready, reader)
    if len(order) < len(nodes):
        stuck = next(node for node, count in zip(nodes, waiting, strict=True) if count)
        raise Malformed(
            f"the node {stuck.name!r} ({stuck.op_type}) is part of a cycle, or behind one"
        )
    return tuple(order)
