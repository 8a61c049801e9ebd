"""The values of one layer before and after quantization, for whoever draws them."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.arith.inttype import FloatArray, IntArray
from tinyml_studio.calibrate.statistics import TensorStats
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.quantize.params import QuantParams


@dataclass(frozen=True, eq=False)
class LayerValues:
    """Weights and output of one layer.

    Parameters
    ----------
    layer
        Name of the layer, or of an input of the model.
    weights
        Float weights, output channel first; None when the layer has none.
    weight_params
        Their grid under the current scheme; None when there are no weights.
    weight_integers
        The weights on that grid, of the same shape; None when there are no weights.
    stats
        Statistics of the output; None without calibration samples.
    tensor
        The output's grid in the program; None when there is no program.
    """

    layer: str
    weights: FloatArray | None
    weight_params: QuantParams | None
    weight_integers: IntArray | None
    stats: TensorStats | None
    tensor: QuantizedTensor | None
