"""Concat: tensors on one grid joined along an axis."""

from __future__ import annotations

from tinyml_studio.arith.profile import TFLM
from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.lower.rules.requantize import on_grid
from tinyml_studio.program.instructions import Concat
from tinyml_studio.program.program import QuantizedTensor


def lower_concat(layer: Layer) -> None:
    """The grid covers all operands; those on another grid are requantized first.

    But signed integers of a TFLite file are joined as they are: TFLite-Micro and LiteRT look at no
    scale there (``reference_ops::Concatenation``; LiteRT refuses 8 bits on several grids).
    """
    op = layer.op(ops.Concat)
    sources = [layer.input(index) for index in range(len(layer.node.inputs))]
    grid = layer.calibrated()
    if not _joins_integers(layer, sources, grid):
        sources = [on_grid(layer, source, grid) for source in sources]
    names = tuple(source.name for source in sources)
    output = layer.output(grid)
    layer.emit(Concat(layer=layer.node.name, inputs=names, output=output.name, axis=op.axis))


def _joins_integers(layer: Layer, sources: list[QuantizedTensor], grid: Grid) -> bool:
    """Whether an engine of TFLite's kernels runs the operands and the output of a file of its."""
    found = layer.setting.graph.found
    if found is None or found.arithmetic != TFLM.name:
        return False
    if not layer.setting.arithmetic.has_tflite_tables:
        return False
    grids = [*(Grid.of(source) for source in sources), grid]
    for name, held in zip((*layer.node.inputs, *layer.node.outputs), grids, strict=True):
        stated = found.activations.get(name)
        if stated is None or stated.stored.startswith("u"):
            return False
        if Grid(stated.bits, stated.scale, stated.zero_point) != held:
            return False
    return True
