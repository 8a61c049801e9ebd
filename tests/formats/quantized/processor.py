"""What ONNX Runtime does on this processor."""

from functools import cache

import numpy as np
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper


@cache
def saturates() -> bool:
    """Whether pairs of products of unsigned and signed bytes are held in 16 bits.

    So they are on x86-64 processors with neither VNNI nor another instruction for 32 bits.
    """
    node = helper.make_node("MatMulInteger", ["a", "b"], ["y"])
    inputs = [
        helper.make_tensor_value_info("a", TensorProto.UINT8, [1, 64]),
        helper.make_tensor_value_info("b", TensorProto.INT8, [64, 16]),
    ]
    outputs = [helper.make_tensor_value_info("y", TensorProto.INT32, [1, 16])]
    graph = helper.make_graph([node], "saturation", inputs, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    feed = {"a": np.full((1, 64), 255, np.uint8), "b": np.full((64, 16), 127, np.int8)}
    return bool((session.run(None, feed)[0] != 64 * 255 * 127).any())


def need_exact_products(kind: str) -> None:
    """Skip what holds unsigned values against a runtime whose sums are not the operator's."""
    if kind == "uint8" and saturates():
        pytest.skip("ONNX Runtime saturates sums of unsigned products on this processor")
