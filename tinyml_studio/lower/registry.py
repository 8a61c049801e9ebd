"""Which rule lowers which operator."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from tinyml_studio.ir import ops
from tinyml_studio.ir.ops import Operator
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.add import lower_add
from tinyml_studio.lower.rules.arg_max import lower_arg_max
from tinyml_studio.lower.rules.average_pool import lower_average_pool
from tinyml_studio.lower.rules.channel_affine import lower_channel_affine
from tinyml_studio.lower.rules.clip import lower_clip
from tinyml_studio.lower.rules.concat import lower_concat
from tinyml_studio.lower.rules.conv import lower_conv
from tinyml_studio.lower.rules.conv_transpose import lower_conv_transpose
from tinyml_studio.lower.rules.dense import lower_dense
from tinyml_studio.lower.rules.div import lower_div
from tinyml_studio.lower.rules.extremum import lower_maximum, lower_minimum
from tinyml_studio.lower.rules.function import lower_function
from tinyml_studio.lower.rules.gather import lower_gather
from tinyml_studio.lower.rules.gru import lower_gru
from tinyml_studio.lower.rules.hard_sigmoid import lower_hard_sigmoid
from tinyml_studio.lower.rules.hard_swish import lower_hard_swish
from tinyml_studio.lower.rules.l2_normalization import lower_l2_normalization
from tinyml_studio.lower.rules.leaky_relu import lower_leaky_relu
from tinyml_studio.lower.rules.log_softmax import lower_log_softmax
from tinyml_studio.lower.rules.lstm import lower_lstm
from tinyml_studio.lower.rules.matmul import lower_matmul
from tinyml_studio.lower.rules.max_pool import lower_max_pool
from tinyml_studio.lower.rules.mean import lower_mean
from tinyml_studio.lower.rules.mul import lower_mul
from tinyml_studio.lower.rules.pad import lower_pad
from tinyml_studio.lower.rules.prelu import lower_prelu
from tinyml_studio.lower.rules.prod import lower_prod
from tinyml_studio.lower.rules.rescale import lower_requantize
from tinyml_studio.lower.rules.reshape import lower_reshape
from tinyml_studio.lower.rules.resize_bilinear import lower_resize_bilinear
from tinyml_studio.lower.rules.sigmoid import lower_sigmoid
from tinyml_studio.lower.rules.slice import lower_slice
from tinyml_studio.lower.rules.softmax import lower_softmax
from tinyml_studio.lower.rules.split import lower_split
from tinyml_studio.lower.rules.squared_difference import lower_squared_difference
from tinyml_studio.lower.rules.stream_buffer import lower_stream_buffer
from tinyml_studio.lower.rules.sub import lower_sub
from tinyml_studio.lower.rules.sum import lower_sum_over_axes
from tinyml_studio.lower.rules.svdf import lower_svdf
from tinyml_studio.lower.rules.tanh import lower_tanh
from tinyml_studio.lower.rules.transpose import lower_transpose


class Rule(Protocol):
    """Turns one layer into instructions, constants and tensors.

    It declares every output of the node and depends on nothing but the layer's operands, choice,
    statistics and ranges.
    """

    def __call__(self, layer: Layer) -> None:
        """Fill the layer.

        Raises
        ------
        SchemeError
            If the integers cannot run as asked; names the layer.
        """


RULES: Mapping[type[Operator], Rule] = MappingProxyType(
    {
        ops.Conv: lower_conv,
        ops.ConvTranspose: lower_conv_transpose,
        ops.Dense: lower_dense,
        ops.ChannelAffine: lower_channel_affine,
        ops.Clip: lower_clip,
        ops.LeakyRelu: lower_leaky_relu,
        ops.Function: lower_function,
        ops.PRelu: lower_prelu,
        ops.HardSwish: lower_hard_swish,
        ops.HardSigmoid: lower_hard_sigmoid,
        ops.Sigmoid: lower_sigmoid,
        ops.Tanh: lower_tanh,
        ops.Softmax: lower_softmax,
        ops.LogSoftmax: lower_log_softmax,
        ops.L2Normalization: lower_l2_normalization,
        ops.Add: lower_add,
        ops.Sub: lower_sub,
        ops.Mul: lower_mul,
        ops.Div: lower_div,
        ops.SquaredDifference: lower_squared_difference,
        ops.Maximum: lower_maximum,
        ops.Minimum: lower_minimum,
        ops.MatMul: lower_matmul,
        ops.MaxPool: lower_max_pool,
        ops.AveragePool: lower_average_pool,
        ops.Mean: lower_mean,
        ops.ArgMax: lower_arg_max,
        ops.Sum: lower_sum_over_axes,
        ops.Prod: lower_prod,
        ops.Reshape: lower_reshape,
        ops.Transpose: lower_transpose,
        ops.Concat: lower_concat,
        ops.Split: lower_split,
        ops.Slice: lower_slice,
        ops.Pad: lower_pad,
        ops.Gather: lower_gather,
        ops.ResizeBilinear: lower_resize_bilinear,
        ops.Requantize: lower_requantize,
        ops.Lstm: lower_lstm,
        ops.Gru: lower_gru,
        ops.Svdf: lower_svdf,
        ops.StreamBuffer: lower_stream_buffer,
    }
)

REFUSED: Mapping[type[Operator], str] = MappingProxyType(
    {
        ops.Opaque: "it is not understood",
        ops.Identity: "it does nothing and is removed before lowering",
    }
)
"""Operators without a rule, and why."""
