"""Scales and zero points of a stranger's file: what is wrong gives one error with its place."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.files import opaque_reasons, read
from tests.formats.quantized.drawing import WEIGHT, QuantizedFile
from tinyml_studio.errors import ModelError

WRONG_SCALES = {
    "zero": 0.0,
    "negative": -0.1,
    "infinite": np.inf,
    "denormal": 1e-42,
    "tiny": 1e-35,
    "huge": 1e35,
}


def refusal(proto, folder):
    with pytest.raises(ModelError) as caught:
        read(proto, folder)
    return str(caught.value)


def network(
    *,
    activation=0.05,
    zero=3,
    kind="int8",
    reading="int8",
    weight_scale=0.01,
    weight_zero=0,
    axis=0,
):
    """A convolution whose parameters may be wrong."""
    file = QuantizedFile(3, 8, 8, opset=13)
    q = file.quantize(file.x, activation, zero, kind, name="quantize")
    x = file.dequantize(q, activation, zero, reading, name="dequantize")
    values = file.weights(WEIGHT, weight_scale, weight_zero, name="weights", axis=axis)
    return file.proto(file.pair(file.add("Conv", x, values, name="conv"), 0.1))


@pytest.mark.parametrize("value", WRONG_SCALES.values(), ids=WRONG_SCALES)
def test_the_scale_of_an_activation(tmp_path, value):
    text = refusal(network(activation=value), tmp_path)
    assert "the node 'quantize' (QuantizeLinear): its scale is" in text


@pytest.mark.parametrize("value", WRONG_SCALES.values(), ids=WRONG_SCALES)
@pytest.mark.parametrize("several", [False, True])
def test_the_scale_of_weights(tmp_path, value, several):
    scales = np.array([0.1, 0.1, value, 0.1], np.float32) if several else value
    text = refusal(network(weight_scale=scales, weight_zero=[0] * 4 if several else 0), tmp_path)
    assert "scale" in text or "it holds inf" in text


def test_a_scale_that_is_not_a_number(tmp_path):
    assert "it holds nan" in refusal(network(activation=np.nan), tmp_path)


def test_a_scale_of_another_type(tmp_path):
    file = QuantizedFile(3, 8, 8)
    y = file.add("QuantizeLinear", file.x, file.typed(1, "int32"), file.typed(0, "int8"), name="q")
    assert "the node 'q' (QuantizeLinear): its scale is of type int32" in refusal(
        file.proto(y), tmp_path
    )


def test_a_zero_point_of_another_type_than_the_integers(tmp_path):
    text = refusal(network(kind="int8", reading="uint8"), tmp_path)
    assert "the node 'dequantize' (DequantizeLinear)" in text
    assert "of type int8" in text
    assert "uint8" in text


def test_a_zero_point_of_weights_of_another_type(tmp_path):
    file = QuantizedFile(12)
    weight = file.dequantize(file.typed(np.ones((12, 5)), "int8"), 0.1, 3, "uint8", name="weights")
    y = file.add("Gemm", file.pair(file.x, 0.05), weight)
    text = refusal(file.proto(file.pair(y, 0.1)), tmp_path)
    assert "the node 'weights' (DequantizeLinear): its zero point is of type uint8" in text


def test_a_type_that_quantize_linear_cannot_make(tmp_path):
    assert "it cannot make int32" in refusal(network(kind="int32", zero=0), tmp_path)


def test_a_zero_point_that_is_real(tmp_path):
    file = QuantizedFile(12)
    y = file.add("QuantizeLinear", file.x, np.float32(0.1), np.float32(0), name="q")
    assert "a quantized tensor cannot be of type float32" in refusal(file.proto(y), tmp_path)


def test_an_axis_out_of_range(tmp_path):
    for axis in (4, -5, 2**40):
        proto = network(weight_scale=np.ones(4, np.float32), weight_zero=[0] * 4, axis=axis)
        text = refusal(proto, tmp_path)
        assert f"the node 'weights' (DequantizeLinear): its axis is {axis}" in text


@pytest.mark.parametrize(
    ("scales", "points", "reason"),
    [
        (5, 5, "it has 5 scales for 4 channels"),
        (3, 3, "it has 3 scales for 4 channels"),
        (4, 3, "it has 3 zero points for 4 scales"),
        (1, 4, "it has 4 zero points for 1 scales"),
        (0, 0, "its scale is of type float32 and shape [0]"),
    ],
)
def test_numbers_that_do_not_match(tmp_path, scales, points, reason):
    text = refusal(
        network(weight_scale=np.ones(scales, np.float32), weight_zero=[0] * points), tmp_path
    )
    assert reason in text


def test_a_bias_with_a_zero_point(tmp_path):
    file = QuantizedFile(12)
    weight = file.weights(np.ones((12, 5)), 0.1)
    bias = file.weights(np.ones(5), 0.005, 7, "int32", name="bias")
    y = file.add("Gemm", file.pair(file.x, 0.05), weight, bias)
    text = refusal(file.proto(file.pair(y, 0.1)), tmp_path)
    assert "the node 'bias' (DequantizeLinear): its zero point is 7, and int32 has 0" in text


def test_a_bias_that_is_not_int32(tmp_path):
    file = QuantizedFile(3, 8, 8)
    q = file.quantize(file.x, 0.05)
    parameters = [np.float32(0.05), file.typed(0, "int8")]
    weight = [file.typed(WEIGHT, "int8"), *parameters]
    operands = [q, *parameters, *weight, *parameters, file.typed([1, 2, 3, 4], "int16")]
    text = refusal(file.proto(file.add("QLinearConv", *operands, name="conv")), tmp_path)
    assert "the node 'conv' (QLinearConv): its bias is of type int16, not int32" in text


@pytest.mark.parametrize(("scales", "points"), [(4, 3), (3, 0), (1, 0)])
def test_numbers_that_do_not_match_of_an_operator_on_integers(tmp_path, scales, points):
    file = QuantizedFile(3, 8, 8)
    q, one = file.quantize(file.x, 0.05), [np.float32(0.05), file.typed(0, "int8")]
    weight = [file.typed(WEIGHT, "int8"), np.ones(scales, np.float32)]
    operands = [q, *one, *weight, file.typed([0] * points, "int8"), *one]
    text = refusal(file.proto(file.add("QLinearConv", *operands, name="conv")), tmp_path)
    assert f"the node 'conv' (QLinearConv): it has {points} zero points for" in text


def test_quantizing_twice(tmp_path):
    file = QuantizedFile(12)
    y = file.quantize(file.quantize(file.x, 0.05), 0.05)
    assert "is quantized already" in refusal(file.proto(y), tmp_path)


@pytest.mark.parametrize("op", ["QuantizeLinear", "DequantizeLinear"])
def test_blocks_are_refused_by_name(tmp_path, op):
    file = QuantizedFile(12, opset=21)
    scale = np.ones((2, 5), np.float32)
    kind = np.int8 if op == "DequantizeLinear" else np.float32
    weight = file.add(op, np.ones((12, 5), kind), scale, block_size=6, axis=0)
    y = file.add("Gemm", file.pair(file.x, 0.05), weight)
    reasons = opaque_reasons(read(file.proto(file.pair(y, 0.1)), tmp_path))
    assert any("block" in reason for reason in reasons)


def test_an_activation_with_several_scales_is_refused_by_name(tmp_path):
    file = QuantizedFile(3, 8, 8)
    y = file.pair(file.x, np.ones(3, np.float32), [0, 0, 0])
    reasons = opaque_reasons(read(file.proto(y), tmp_path))
    assert "an activation with several scales is not supported" in reasons


@pytest.mark.parametrize(
    ("op", "operands", "reason"),
    [
        ("QGemm", 3, "it has 3 operands"),
        ("QLinearAdd", 2, "it has 2 operands"),
        ("QLinearConcat", 6, "it has 6 operands"),
    ],
)
def test_numbers_of_operands(tmp_path, op, operands, reason):
    file = QuantizedFile(12)
    inputs = [file.quantize(file.x, 0.1), *[np.float32(0.1)] * (operands - 1)]
    y = file.add(op, *inputs, domain="com.microsoft")
    assert reason in refusal(file.proto(y), tmp_path)


def test_an_unknown_attribute(tmp_path):
    file = QuantizedFile(12)
    parameters = [np.float32(0.1), file.typed(0, "int8")]
    q = file.quantize(file.x, 0.1)
    y = file.add("QLinearSigmoid", q, *parameters, *parameters, domain="com.microsoft", alpha=1.0)
    assert "QLinearSigmoid has no attribute alpha" in refusal(file.proto(y), tmp_path)
