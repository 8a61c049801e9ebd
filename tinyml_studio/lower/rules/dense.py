"""Dense: a fully connected layer."""

from __future__ import annotations

from tinyml_studio.ir.ops import Dense
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.weights import integer_weights
from tinyml_studio.program.instructions import FullyConnected
from tinyml_studio.quantize.scheme import Granularity


def lower_dense(layer: Layer) -> None:
    """One instruction over the last axis.

    Source of the rounding: ``GetQuantizedConvolutionMultipler`` of TFLite.
    """
    op = layer.op(Dense)
    source, output = layer.input(), layer.output(layer.calibrated())
    weights = integer_weights(
        layer,
        op.weight,
        op.bias,
        source=source,
        output=output,
        granularity=layer.choice.granularity,
        is_rounded=layer.choice.granularity is Granularity.TENSOR,
    )
    low, high = layer.limits(output, op.clamp)
    layer.emit(
        FullyConnected(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            weights=weights.integers,
            weight_type=weights.type,
            bias=weights.bias,
            multiplier=weights.multiplier,
            shift=weights.shift,
            low=low,
            high=high,
        )
    )
