"""Values on another grid, for a layer that needs its operands on one that they do not have."""

from __future__ import annotations

from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.lower.rules.float32_map import emit_float32_map
from tinyml_studio.program.instructions import Requantize
from tinyml_studio.program.program import QuantizedTensor


def on_grid(layer: Layer, source: QuantizedTensor, grid: Grid) -> QuantizedTensor:
    """The tensor itself where its grid is `grid`, else an extra tensor that is requantized."""
    if Grid.of(source) == grid:
        return source
    output = layer.scratch(source.shape, grid)
    requantize(layer, source, output)
    return output


def operand_on_grid(layer: Layer, index: int, grid: Grid) -> QuantizedTensor:
    """As `on_grid` for an operand; a constant one is quantized on that grid at once."""
    values = layer.setting.graph.constants.get(layer.node.inputs[index])
    if values is None:
        return on_grid(layer, layer.input(index), grid)
    tensor = layer.scratch(values.shape, grid)
    layer.constants[tensor.name] = grid.params.quantize(values)
    return tensor


def requantize(layer: Layer, source: QuantizedTensor, output: QuantizedTensor) -> None:
    """Emit the change of grid, limited by the output's type only."""
    if layer.setting.arithmetic.is_float32:
        emit_float32_map(layer, source, output)
        return
    layer.emit(
        Requantize(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            multiplier=layer.multiplier(source.scale / output.scale),
            low=output.type.min,
            high=output.type.max,
        )
    )
