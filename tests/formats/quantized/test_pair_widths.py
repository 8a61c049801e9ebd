"""Widths of weights between pairs: narrower by limits, and 16 bits."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.quantized.drawing import QuantizedFile
from tests.formats.quantized.test_pairs import integers, opened
from tinyml_studio.arith.profile import ONNX
from tinyml_studio.lower.lower import lower
from tinyml_studio.quantize.file_grids import file_scheme, unstated_weights


@pytest.mark.parametrize(("kind", "low", "high"), [("int8", -7, 7), ("uint8", 0, 7)])
def test_limits_between_a_pair_are_a_narrower_type(tmp_path, kind, low, high):
    file = QuantizedFile(12, opset=13)
    zero = 0
    limits = [file.typed(low, kind), file.typed(high, kind)]
    stored = np.random.default_rng(1).integers(low, high + 1, (5, 12)) * 2
    weight = file.add("Clip", file.typed(stored, kind), *limits)
    weight = file.dequantize(weight, 0.1, zero, kind)
    y = file.add("Gemm", file.pair(file.x, 0.05), weight, transB=1, name="dense")
    q = file.add("Clip", file.quantize(y, 0.2, zero, kind), *limits)
    graph = opened(file.proto(file.dequantize(q, 0.2, zero, kind)), tmp_path)
    (node,) = graph.nodes
    np.testing.assert_array_equal(integers(graph, "dense"), np.clip(stored, low, high))
    assert graph.found.weights["dense"].bits == {"int8": 4, "uint8": 3}[kind]
    ends = np.array([node.op.clamp.low, node.op.clamp.high]) / np.float32(0.2)
    np.testing.assert_allclose(ends, [low, high], rtol=1e-6)


def test_weights_of_16_bits_are_rounded_anew_and_said(tmp_path):
    file = QuantizedFile(12, opset=21)
    weight = file.weights(np.arange(60).reshape(12, 5) * 500, 0.0001, 0, "int16")
    y = file.add("Gemm", file.pair(file.x, 0.05), weight, name="dense")
    graph = opened(file.proto(file.pair(y, 0.1)), tmp_path)
    assert unstated_weights(graph) == ("dense",)
    assert graph.found.remarks == ("the weights of dense are int16, and are rounded anew",)


@pytest.mark.parametrize("op", ["Mul", "Add", "PRelu"])
@pytest.mark.parametrize(
    ("kind", "constant", "zero"),
    [("int16", "int8", -3), ("uint16", "uint8", 130), ("int8", "int4", 1), ("int16", "int16", 0)],
)
def test_a_constant_beside_wider_activations_keeps_its_integers(tmp_path, op, kind, constant, zero):
    file = QuantizedFile(3, 4, 4, opset=21)
    middle = {"uint16": 1 << 15}.get(kind, 0)
    stored = np.array([[[-5]], [[6]], [[1]]]) + zero
    held = file.weights(stored, 0.25, zero, constant)
    y = file.pair(file.add(op, file.pair(file.x, 0.001, middle, kind), held), 0.001, middle, kind)
    graph = opened(file.proto(y), tmp_path)
    program = lower(graph, {}, file_scheme(graph), ONNX)
    (item,) = program.instructions
    tensor = program.tensors[item.inputs[1]]
    assert tensor.scale == 0.25
    integers = program.constants[tensor.name].astype(int) - tensor.zero_point
    np.testing.assert_array_equal(integers.ravel(), [-5, 6, 1])


def test_a_constant_of_more_bits_covers_its_own_values(tmp_path):
    file = QuantizedFile(3, 4, 4, opset=21)
    held = file.weights(np.array([[[-900]], [[700]], [[44]]]), 0.001, 0, "int16")
    y = file.pair(file.add("Mul", file.pair(file.x, 0.05), held), 0.05)
    graph = opened(file.proto(y), tmp_path)
    program = lower(graph, {}, file_scheme(graph), ONNX)
    tensor = program.tensors[program.instructions[0].inputs[1]]
    assert tensor.scale == pytest.approx(1.6 / 255, rel=0.02)


@pytest.mark.parametrize(("beta", "kept"), [(0.5, True), (2.0, False)])
def test_factors_of_a_gemm_go_into_the_scales(tmp_path, beta, kept):
    file = QuantizedFile(12)
    stored, bias = np.arange(60).reshape(12, 5) - 30, np.arange(5) * 100
    operands = [file.weights(stored, 0.02), file.weights(bias, 0.001, 0, "int32")]
    y = file.add("Gemm", file.pair(file.x, 0.05), *operands, alpha=0.5, beta=beta, name="dense")
    graph = opened(file.proto(file.pair(y, 0.1)), tmp_path)
    held = graph.found.weights["dense"]
    np.testing.assert_array_equal(integers(graph, "dense"), stored.T)
    assert held.scale.tolist() == [float(np.float32(0.01))]
    assert (held.bias is not None) == kept
    assert [("is rounded to those" in text) for text in graph.found.remarks] == [True] * (not kept)


def test_scales_along_the_inputs_of_a_layer_are_said(tmp_path):
    file = QuantizedFile(12)
    scales = np.linspace(0.01, 0.02, 12)
    weight = file.weights(np.arange(60).reshape(12, 5), scales, [0] * 12, axis=0)
    y = file.add("MatMul", file.pair(file.x, 0.05), weight, name="dense")
    graph = opened(file.proto(file.pair(y, 0.1)), tmp_path)
    assert unstated_weights(graph) == ("dense",)
    assert "scales along axis 0 and not along their output channels" in graph.found.remarks[0]
