"""A single float32 convolution as ONNX: the simulator's engine for exact sums of products."""

from __future__ import annotations

import onnx
from onnx import TensorProto, helper, numpy_helper

from tinyml_studio.arith.inttype import FloatArray

_OPSET = 17
_IR_VERSION = 8


def write_convolution(
    weight: FloatArray,
    bias: FloatArray,
    *,
    strides: tuple[int, int],
    pads: tuple[tuple[int, int], tuple[int, int]],
    dilations: tuple[int, int],
    groups: int,
) -> bytes:
    """ONNX with one Conv: ``x (N, I, H, W) -> y (N, O, H', W')``, padded with zeros.

    Parameters
    ----------
    weight
        ``(O, KH, KW, I / groups)``, as in the graph.
    bias
        ``(O,)``.
    strides, pads, dilations, groups
        As in the graph, with two spatial axes.
    """
    (top, bottom), (left, right) = pads
    node = helper.make_node(
        "Conv",
        ["x", "weight", "bias"],
        ["y"],
        kernel_shape=weight.shape[1:3],
        strides=strides,
        pads=(top, left, bottom, right),
        dilations=dilations,
        group=groups,
    )
    graph = helper.make_graph(
        [node],
        "convolution",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ("n", "i", "h", "w"))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ("n", "o", "oh", "ow"))],
        [
            numpy_helper.from_array(weight.transpose(0, 3, 1, 2).copy(), "weight"),
            numpy_helper.from_array(bias, "bias"),
        ],
    )
    opset = [helper.make_opsetid("", _OPSET)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=_IR_VERSION)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
