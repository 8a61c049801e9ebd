"""Which function writes which operator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tinyml_studio.formats.writer.activations import (
    write_clip,
    write_hard_sigmoid,
    write_identity,
    write_l2_normalization,
    write_leaky_relu,
    write_log_softmax,
    write_plain,
    write_softmax,
)
from tinyml_studio.formats.writer.convolution import write_conv, write_dense
from tinyml_studio.formats.writer.draft import Draft
from tinyml_studio.formats.writer.elementwise import (
    write_binary,
    write_channel_affine,
    write_extremum,
    write_prelu,
    write_squared_difference,
)
from tinyml_studio.formats.writer.functions import write_function
from tinyml_studio.formats.writer.pooling import write_arg_max, write_mean, write_pool, write_sum
from tinyml_studio.formats.writer.products import write_matmul
from tinyml_studio.formats.writer.recurrent import (
    write_gru,
    write_lstm,
    write_stream_buffer,
    write_svdf,
)
from tinyml_studio.formats.writer.shape import (
    write_concat,
    write_gather,
    write_pad,
    write_reshape,
    write_resize_bilinear,
    write_slice,
    write_split,
    write_transpose,
)
from tinyml_studio.formats.writer.transposed import write_conv_transpose
from tinyml_studio.ir import ops
from tinyml_studio.ir.graph import Node

OperatorWriter = Callable[[Draft, Node, Any], None]

WRITERS: Mapping[type[ops.Operator], OperatorWriter] = {
    ops.Conv: write_conv,
    ops.ConvTranspose: write_conv_transpose,
    ops.Dense: write_dense,
    ops.ChannelAffine: write_channel_affine,
    ops.Clip: write_clip,
    ops.LeakyRelu: write_leaky_relu,
    ops.Function: write_function,
    ops.PRelu: write_prelu,
    ops.HardSwish: write_plain,
    ops.HardSigmoid: write_hard_sigmoid,
    ops.Sigmoid: write_plain,
    ops.Tanh: write_plain,
    ops.Softmax: write_softmax,
    ops.LogSoftmax: write_log_softmax,
    ops.L2Normalization: write_l2_normalization,
    ops.Add: write_binary,
    ops.Sub: write_binary,
    ops.Mul: write_binary,
    ops.Div: write_binary,
    ops.SquaredDifference: write_squared_difference,
    ops.Maximum: write_extremum,
    ops.Minimum: write_extremum,
    ops.MatMul: write_matmul,
    ops.MaxPool: write_pool,
    ops.AveragePool: write_pool,
    ops.Mean: write_mean,
    ops.Sum: write_sum,
    ops.Prod: write_mean,
    ops.ArgMax: write_arg_max,
    ops.Reshape: write_reshape,
    ops.Transpose: write_transpose,
    ops.Concat: write_concat,
    ops.Split: write_split,
    ops.Slice: write_slice,
    ops.Pad: write_pad,
    ops.Gather: write_gather,
    ops.ResizeBilinear: write_resize_bilinear,
    ops.Identity: write_identity,
    ops.Requantize: write_identity,
    ops.Lstm: write_lstm,
    ops.Gru: write_gru,
    ops.Svdf: write_svdf,
    ops.StreamBuffer: write_stream_buffer,
}
