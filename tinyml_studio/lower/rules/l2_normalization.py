"""L2Normalization: TFLite's fixed-point kernel, over the last axis, on a fixed grid."""

from __future__ import annotations

from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Layer
from tinyml_studio.program.instructions import L2Normalization
from tinyml_studio.quantize.fixed_outputs import tanh_grid

_LIFT = 7  # of unsigned values, before the multiplication


def lower_l2_normalization(layer: Layer) -> None:
    """One instruction, for values of every width; TFLite's is that of 8 bits."""
    layer.op(ops.L2Normalization)
    source = layer.input()
    if layer.setting.arithmetic.is_float32:
        layer.refuse(
            f"the arithmetic {layer.setting.arithmetic.name} has no integers for it: ONNX Runtime "
            "computes it with real numbers alone",
            hint="choose the arithmetic tflm",
        )
    output = layer.output(layer.fixed(*tanh_grid(layer.choice.activation_bits)))
    lift = _LIFT if layer.origin() else 0
    layer.emit(
        L2Normalization(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            lift=lift,
            rise=output.type.bits - 1 - lift,
        )
    )
