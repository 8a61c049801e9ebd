"""Concat: tensors on one grid joined along an axis."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import INT8
from tinyml_studio.arith.profile import TFLM
from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.lower.rules.requantize import on_grid
from tinyml_studio.program.instructions import Concat, Lookup
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
        change = _in_float32 if _is_of_litert(layer, sources, grid) else on_grid
        sources = [change(layer, source, grid) for source in sources]
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


def _is_of_litert(layer: Layer, sources: list[QuantizedTensor], grid: Grid) -> bool:
    """Whether LiteRT's kernel for uint8 runs the operands."""
    narrow = all(source.type == INT8 for source in sources) and grid.bits == INT8.bits
    return narrow and layer.setting.arithmetic.unsigned_in_float32 and layer.origin() > 0


def _in_float32(layer: Layer, source: QuantizedTensor, grid: Grid) -> QuantizedTensor:
    """Another grid as ``reference_ops::ConcatenationWithScaling`` has it, by a table.

    ``zo + round(f(f(u * r) + f(-zx * r)))`` for unsigned values u and zero points, with ties away
    from zero and ``r = f(scale * f(1 / output scale))``.
    """
    if Grid.of(source) == grid:
        return source
    origin = -INT8.min
    ratio = np.float32(source.scale) * (np.float32(1.0) / np.float32(grid.scale))
    shift = np.float32(-(source.zero_point + origin)) * ratio
    steps = np.arange(256, dtype=np.float32) * ratio + shift
    nearest = np.trunc(steps.astype(np.float64) + np.copysign(0.5, steps)) + grid.zero_point
    output = layer.scratch(source.shape, grid)
    layer.emit(
        Lookup(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            table=np.clip(nearest, INT8.min, INT8.max).astype(np.int8),
        )
    )
    return output
