"""A single float32 convolution as ONNX: the simulator's engine for exact sums of products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tinyml_studio.arith.inttype import FloatArray

if TYPE_CHECKING:
    import onnx

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
    from onnx import helper  # noqa: PLC0415 - loaded with the first network that is run

    (top, bottom), (left, right) = pads
    node = helper.make_node(
        "Conv",
        ["x", "weight", "bias"],
        ["y"],
        strides=strides,
        pads=(top, left, bottom, right),
        dilations=dilations,
        group=groups,
    )
    constants = {"weight": weight.transpose(0, 3, 1, 2).copy(), "bias": bias}
    return _model(node, constants)


def _model(node: onnx.NodeProto, constants: Mapping[str, FloatArray]) -> bytes:
    """A model of one node that takes `x` and makes `y`."""
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415 - as above

    graph = helper.make_graph(
        [node],
        "convolution",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ("n", "i", "h", "w"))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ("n", "o", "oh", "ow"))],
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    opset = [helper.make_opsetid("", _OPSET)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=_IR_VERSION)
    return bytes(model.SerializeToString())
