"""The values of one layer before and after quantization, for whoever draws them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinyml_studio.app.derived import Derived
from tinyml_studio.arith.inttype import FloatArray, IntArray
from tinyml_studio.arith.profile import arithmetic
from tinyml_studio.calibrate.statistics import TensorStats
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import ChannelAffine, Conv, ConvTranspose, Dense, Opaque
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.quantize.file_grids import file_weights, weight_grid_of
from tinyml_studio.quantize.fixed_outputs import FIXED_OUTPUT_OPERATORS
from tinyml_studio.quantize.grids import with_powers_of_two
from tinyml_studio.quantize.legality import FOLLOWERS
from tinyml_studio.quantize.params import QuantParams
from tinyml_studio.quantize.ranges import weight_params


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
    sets_range
        The range of the output can be chosen: it neither follows the input nor from the function.
    powers_of_two
        The arithmetic has scales that are powers of two.
    weight_reach
        Factor of the largest weight that was set by hand; None where the method chooses.
    """

    layer: str
    weights: FloatArray | None
    weight_params: QuantParams | None
    weight_integers: IntArray | None
    stats: TensorStats | None
    tensor: QuantizedTensor | None
    sets_range: bool = True
    powers_of_two: bool = False
    weight_reach: float | None = None

    def is_same(self, other: LayerValues) -> bool:
        """Whether an edit left everything as it was: the integers follow from weights and grid."""
        return (
            self.layer == other.layer
            and self.weights is other.weights
            and _same_grid(self.weight_params, other.weight_params)
            and self.stats is other.stats
            and self.tensor == other.tensor
            and self.sets_range == other.sets_range
            and self.powers_of_two == other.powers_of_two
            and self.weight_reach == other.weight_reach
        )


def layer_values(derived: Derived, layer: str) -> LayerValues:
    """Values of a layer or of an input of the model.

    Raises
    ------
    KeyError
        If there is no layer of that name.
    """
    graph = derived.graph
    ports = {port.name: port.tensor for port in graph.inputs}
    sets_range = True
    if layer in ports:
        weight, output = None, ports[layer]
    else:
        node = graph.by_name[layer]
        weight, output = weights_of(node), node.outputs[0]
        sets_range = not isinstance(node.op, (*FOLLOWERS, *FIXED_OUTPUT_OPERATORS, Opaque))
    params = None if weight is None else _weight_params(derived, layer, weight)
    return LayerValues(
        layer=layer,
        weights=weight,
        weight_params=params,
        weight_integers=None if params is None or weight is None else params.quantize(weight),
        stats=None if derived.stats is None else derived.stats.get(output),
        tensor=None if derived.program is None else derived.program.tensors.get(output),
        sets_range=sets_range,
        powers_of_two=arithmetic(derived.document.arithmetic).powers_of_two,
        weight_reach=derived.document.scheme.weight_reach.get(layer),
    )


def _same_grid(one: QuantParams | None, other: QuantParams | None) -> bool:
    """Whether weights have the same integers on both."""
    if one is None or other is None:
        return one is other
    limits = (one.type, one.zero_point, one.low, one.high)
    same = limits == (other.type, other.zero_point, other.low, other.high)
    return same and np.array_equal(one.scale, other.scale)


def weights_of(node: Node) -> FloatArray | None:
    """The weights of a layer, output channel first; None when it has none."""
    if isinstance(node.op, Conv | ConvTranspose | Dense):
        return node.op.weight
    return node.op.scale if isinstance(node.op, ChannelAffine) else None


def _weight_params(derived: Derived, layer: str, weight: FloatArray) -> QuantParams:
    """The grid of a layer's weights under the current scheme."""
    scheme = derived.document.scheme
    choice = scheme.of(layer)
    reach = scheme.weight_reach.get(layer)
    held = None if reach is not None else file_weights(derived.graph.found, layer, choice)
    params = (
        weight_grid_of(held)
        if held is not None
        else weight_params(
            weight,
            bits=choice.weight_bits,
            granularity=choice.granularity,
            method=choice.range_method,
            percentile=scheme.percentile,
            reach=reach,
        )
    )
    powers_of_two = arithmetic(derived.document.arithmetic).powers_of_two
    return with_powers_of_two(params) if powers_of_two else params
