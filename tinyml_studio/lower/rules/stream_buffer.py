"""StreamBuffer: the newest values behind those before them."""

from __future__ import annotations

from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.program.instructions import StreamBuffer


def lower_stream_buffer(layer: Layer) -> None:
    """One instruction on the grid of the input."""
    op = layer.op(ops.StreamBuffer)
    source = layer.input()
    grid = Grid.of(source)
    kept = (*source.shape[: op.axis], op.length, *source.shape[op.axis + 1 :])
    state = layer.scratch(kept, grid)
    layer.emit(
        StreamBuffer(
            layer=layer.node.name,
            inputs=(source.name,),
            output=layer.output(grid).name,
            axis=op.axis,
            state=state.name,
        )
    )
