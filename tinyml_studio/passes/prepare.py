"""All passes in order: what makes the network that people see out of what the file says."""

from __future__ import annotations

from collections.abc import Callable

from tinyml_studio.ir.graph import Graph
from tinyml_studio.passes.carry_grids import carry_grids
from tinyml_studio.passes.drop_dead import drop_dead
from tinyml_studio.passes.drop_identity import drop_identity
from tinyml_studio.passes.fold_affine import fold_affine
from tinyml_studio.passes.fold_pad import fold_pad
from tinyml_studio.passes.fold_stated import fold_stated
from tinyml_studio.passes.fuse_clamp import fuse_clamp
from tinyml_studio.passes.fuse_gates import fuse_gates
from tinyml_studio.passes.keep_names import keep_names
from tinyml_studio.passes.merge_reshapes import merge_reshapes
from tinyml_studio.passes.move_transposes import move_transposes
from tinyml_studio.passes.permute_dense import permute_dense
from tinyml_studio.passes.sink_reshapes import sink_reshapes

Pass = Callable[[Graph], Graph]

LAYOUT: tuple[Pass, ...] = (
    drop_dead,
    drop_identity,
    move_transposes,
    permute_dense,
    sink_reshapes,
    merge_reshapes,
)
"""Bring every tensor into channels-last order."""

FOLDING: tuple[Pass, ...] = (fuse_gates, fold_pad, fold_affine, fuse_clamp)
"""Fewer layers; needs channels on the last axis to see what is per channel."""

QUANTIZED: tuple[Pass, ...] = (drop_dead, drop_identity, merge_reshapes)
"""For a file that is quantized already: whatever else folds or moves would change its integers."""

CHANNELS_FIRST: tuple[Pass, ...] = (
    drop_dead,
    drop_identity,
    move_transposes,
    permute_dense,
    merge_reshapes,
    fold_pad,
    fold_stated,
    fuse_gates,
    fuse_clamp,
)
"""The same for one with channels first: its layout, and what is rounded only once there, too."""

MAX_ROUNDS = 10  # real networks settle in two or three


def prepare(graph: Graph) -> Graph:
    """Apply every pass until nothing changes; the network computes the same function.

    The nodes of the result are the layers that people see: convolutions with their biases, batch
    norms and activations folded in, channels last, without idle nodes. Of a network that its file
    states the quantization of, every integer stays as it is.

    Parameters
    ----------
    graph
        A validated network as a reader makes it.

    Returns
    -------
    Graph
        An equal network; outputs differ from those of `graph` by float32 rounding only.
    """
    if graph.found is not None:
        if not graph.found.channels_first:
            return carry_grids(_settle(graph, QUANTIZED))
        return carry_grids(_settle(keep_names(graph), CHANNELS_FIRST))
    settled = _settle(keep_names(graph), LAYOUT)
    return _settle(settled, (*FOLDING, *LAYOUT))


def _settle(graph: Graph, passes: tuple[Pass, ...]) -> Graph:
    """Apply passes in order, again and again, until a round changes nothing."""
    for _ in range(MAX_ROUNDS):
        before = graph
        for apply in passes:
            graph = apply(graph)
        if graph is before:
            break
    return graph
