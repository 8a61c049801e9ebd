"""Let convolutions do their own padding."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.ir.graph import Graph
from tinyml_studio.ir.ops import Conv, Pad
from tinyml_studio.passes.editor import Editor


def fold_pad(graph: Graph) -> Graph:
    """Fold a `Pad` with zeros on spatial axes into the convolutions that read it.

    A Pad in front of an average pool stays: that pool does not count padding of its own. Requires
    nothing. Ensures that no convolution reads such a Pad; the Pad itself is left for `drop_dead`.
    """
    editor = Editor(graph)
    for node in editor.walk():
        pad = editor.producer(node.inputs[0]) if isinstance(node.op, Conv) else None
        if pad is None or not isinstance(pad.op, Pad) or not isinstance(node.op, Conv):
            continue
        fits = len(pad.op.pads) == len(node.op.pads) + 1
        if fits and pad.op.value == 0.0 and pad.op.pads[-1] == (0, 0):
            pairs = zip(node.op.pads, pad.op.pads[:-1], strict=True)
            pads = tuple((own[0] + more[0], own[1] + more[1]) for own, more in pairs)
            editor.replace(node, replace(node, op=replace(node.op, pads=pads), inputs=pad.inputs))
    return editor.graph()
