"""Which converter reads which operator."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.ops.add import convert_add
from tinyml_studio.formats.tflite.ops.add_n import convert_add_n
from tinyml_studio.formats.tflite.ops.arg_max import convert_arg_max
from tinyml_studio.formats.tflite.ops.average_pool_2d import convert_average_pool_2d
from tinyml_studio.formats.tflite.ops.batch_matmul import convert_batch_matmul
from tinyml_studio.formats.tflite.ops.batch_moves import (
    convert_batch_to_space,
    convert_space_to_batch,
)
from tinyml_studio.formats.tflite.ops.concatenation import convert_concatenation
from tinyml_studio.formats.tflite.ops.conv_2d import convert_conv_2d
from tinyml_studio.formats.tflite.ops.depth_space import (
    convert_depth_to_space,
    convert_space_to_depth,
)
from tinyml_studio.formats.tflite.ops.depthwise_conv_2d import convert_depthwise_conv_2d
from tinyml_studio.formats.tflite.ops.dequantize import convert_dequantize
from tinyml_studio.formats.tflite.ops.div import convert_div
from tinyml_studio.formats.tflite.ops.extremum import convert_maximum, convert_minimum
from tinyml_studio.formats.tflite.ops.fully_connected import convert_fully_connected
from tinyml_studio.formats.tflite.ops.function import NAMES, convert_function, convert_gelu
from tinyml_studio.formats.tflite.ops.gather import (
    convert_broadcast_to,
    convert_gather,
    convert_mirror_pad,
    convert_reverse,
    convert_tile,
)
from tinyml_studio.formats.tflite.ops.hard_swish import convert_hard_swish
from tinyml_studio.formats.tflite.ops.l2_normalization import convert_l2_normalization
from tinyml_studio.formats.tflite.ops.leaky_relu import convert_leaky_relu
from tinyml_studio.formats.tflite.ops.log_softmax import convert_log_softmax
from tinyml_studio.formats.tflite.ops.logistic import convert_logistic
from tinyml_studio.formats.tflite.ops.max_pool_2d import convert_max_pool_2d
from tinyml_studio.formats.tflite.ops.mean import convert_mean
from tinyml_studio.formats.tflite.ops.mul import convert_mul
from tinyml_studio.formats.tflite.ops.neg import convert_neg
from tinyml_studio.formats.tflite.ops.pack import convert_pack, convert_unpack
from tinyml_studio.formats.tflite.ops.pad import convert_pad
from tinyml_studio.formats.tflite.ops.prelu import convert_prelu
from tinyml_studio.formats.tflite.ops.quantize import convert_quantize
from tinyml_studio.formats.tflite.ops.reduce_max import convert_reduce_max
from tinyml_studio.formats.tflite.ops.reduce_min import convert_reduce_min
from tinyml_studio.formats.tflite.ops.reduce_prod import convert_reduce_prod
from tinyml_studio.formats.tflite.ops.relu import convert_relu
from tinyml_studio.formats.tflite.ops.reshape import convert_reshape
from tinyml_studio.formats.tflite.ops.resize import (
    convert_resize_bilinear,
    convert_resize_nearest,
)
from tinyml_studio.formats.tflite.ops.slice import convert_slice
from tinyml_studio.formats.tflite.ops.softmax import convert_softmax
from tinyml_studio.formats.tflite.ops.split import convert_split
from tinyml_studio.formats.tflite.ops.split_v import convert_split_v
from tinyml_studio.formats.tflite.ops.squared_difference import convert_squared_difference
from tinyml_studio.formats.tflite.ops.stream_buffer import convert_stream_buffer
from tinyml_studio.formats.tflite.ops.strided_slice import convert_strided_slice
from tinyml_studio.formats.tflite.ops.sub import convert_sub
from tinyml_studio.formats.tflite.ops.sum import convert_sum
from tinyml_studio.formats.tflite.ops.svdf import convert_svdf
from tinyml_studio.formats.tflite.ops.tanh import convert_tanh
from tinyml_studio.formats.tflite.ops.transpose import convert_transpose
from tinyml_studio.formats.tflite.ops.transpose_conv import convert_transpose_conv
from tinyml_studio.formats.tflite.ops.unidirectional_sequence_lstm import (
    convert_unidirectional_sequence_lstm,
)
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.formats.tflite.variables import STREAM_BUFFER


class Converter(Protocol):
    """Turns one operator into nodes."""

    def __call__(self, emitter: Emitter) -> tuple[Tensor, ...]:
        """Fill the emitter, and return the operator's outputs.

        Raises
        ------
        Malformed
            If the operator breaks the rules of the format.
        Refused
            If it has no counterpart in ours.
        """


CONVERTERS: Mapping[str, Converter] = MappingProxyType(
    {
        "ADD": convert_add,
        "ADD_N": convert_add_n,
        "ARG_MAX": convert_arg_max,
        "ARG_MIN": convert_arg_max,
        "AVERAGE_POOL_2D": convert_average_pool_2d,
        "BATCH_MATMUL": convert_batch_matmul,
        "BATCH_TO_SPACE_ND": convert_batch_to_space,
        "BROADCAST_TO": convert_broadcast_to,
        "CONCATENATION": convert_concatenation,
        "CONV_2D": convert_conv_2d,
        "DEPTHWISE_CONV_2D": convert_depthwise_conv_2d,
        "DEPTH_TO_SPACE": convert_depth_to_space,
        "DEQUANTIZE": convert_dequantize,
        "DIV": convert_div,
        "EXPAND_DIMS": convert_reshape,
        "FULLY_CONNECTED": convert_fully_connected,
        **dict.fromkeys(NAMES, convert_function),
        "GATHER": convert_gather,
        "GELU": convert_gelu,
        "HARD_SWISH": convert_hard_swish,
        "L2_NORMALIZATION": convert_l2_normalization,
        "LEAKY_RELU": convert_leaky_relu,
        "LOG_SOFTMAX": convert_log_softmax,
        "LOGISTIC": convert_logistic,
        "MAXIMUM": convert_maximum,
        "MAX_POOL_2D": convert_max_pool_2d,
        "MEAN": convert_mean,
        "MINIMUM": convert_minimum,
        "MIRROR_PAD": convert_mirror_pad,
        "MUL": convert_mul,
        "NEG": convert_neg,
        "PACK": convert_pack,
        "PAD": convert_pad,
        "PADV2": convert_pad,
        "PRELU": convert_prelu,
        "QUANTIZE": convert_quantize,
        "REDUCE_MAX": convert_reduce_max,
        "REDUCE_MIN": convert_reduce_min,
        "REDUCE_PROD": convert_reduce_prod,
        "RELU_0_TO_1": convert_relu,
        "RELU": convert_relu,
        "RELU6": convert_relu,
        "RELU_N1_TO_1": convert_relu,
        "RESHAPE": convert_reshape,
        "RESIZE_BILINEAR": convert_resize_bilinear,
        "RESIZE_NEAREST_NEIGHBOR": convert_resize_nearest,
        "REVERSE_V2": convert_reverse,
        "SLICE": convert_slice,
        "SOFTMAX": convert_softmax,
        "SPACE_TO_BATCH_ND": convert_space_to_batch,
        "SPACE_TO_DEPTH": convert_space_to_depth,
        "SPLIT": convert_split,
        "SPLIT_V": convert_split_v,
        "SQUARED_DIFFERENCE": convert_squared_difference,
        "SQUEEZE": convert_reshape,
        STREAM_BUFFER: convert_stream_buffer,
        "STRIDED_SLICE": convert_strided_slice,
        "SUB": convert_sub,
        "SUM": convert_sum,
        "SVDF": convert_svdf,
        "TANH": convert_tanh,
        "TILE": convert_tile,
        "TRANSPOSE": convert_transpose,
        "TRANSPOSE_CONV": convert_transpose_conv,
        "UNIDIRECTIONAL_SEQUENCE_LSTM": convert_unidirectional_sequence_lstm,
        "UNPACK": convert_unpack,
    }
)
