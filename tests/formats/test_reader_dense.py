"""Gemm, MatMul and BatchNormalization."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.files import File, assert_agrees, opaque_reasons, read
from tinyml_studio.errors import ModelError
from tinyml_studio.ir.ops import ChannelAffine, Dense

RANDOM = np.random.default_rng(0)


def weights(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("opset", [7, 9, 11, 13, 23])
@pytest.mark.parametrize("bias", [(3,), (1, 3), (1,), (1, 1), ()])
def test_gemm_with_every_form_of_bias(opset, bias, tmp_path):
    file = File(5, opset=opset)
    made = file.add("Gemm", file.x, weights(5, 3), weights(*bias))
    assert_agrees(file.proto(made), tmp_path)


def test_gemm_with_factors_and_transposed_weights(tmp_path):
    file = File(5)
    attributes = {"alpha": 0.5, "beta": 2.0, "transB": 1}
    made = file.add("Gemm", file.x, weights(3, 5), weights(3), **attributes)
    graph = assert_agrees(file.proto(made), tmp_path)
    assert isinstance(graph.nodes[0].op, Dense)


def test_gemm_without_bias(tmp_path):
    file = File(5)
    assert_agrees(file.proto(file.add("Gemm", file.x, weights(5, 3))), tmp_path)


@pytest.mark.parametrize(
    ("sample", "weight"),
    [((5,), (5, 3)), ((5,), (5,)), ((2, 5), (5, 3)), ((4, 2, 5), (1, 5, 3)), ((4, 5), (5,))],
)
def test_matmul_with_a_constant_matrix(sample, weight, tmp_path):
    file = File(*sample)
    assert_agrees(file.proto(file.add("MatMul", file.x, weights(*weight))), tmp_path)


@pytest.mark.parametrize(("sample", "weight"), [((5, 2), (3, 5)), ((4, 5, 2), (1, 3, 5))])
def test_matmul_with_the_constant_first(sample, weight, tmp_path):
    file = File(*sample)
    assert_agrees(file.proto(file.add("MatMul", weights(*weight), file.x)), tmp_path)


@pytest.mark.parametrize(
    ("sample", "weight", "reason"),
    [
        ((5,), (1, 5, 3), "not one matrix"),
        ((2, 3, 5), (2, 3, 5, 5), "row for every sample"),
    ],
)
def test_matmul_with_matrices_for_the_batch_is_opaque(sample, weight, reason, tmp_path):
    file = File(*sample)
    graph = read(file.proto(file.add("MatMul", file.x, weights(*weight))), tmp_path)
    assert reason in opaque_reasons(graph)[0]


def test_matmul_with_several_constant_matrices(tmp_path):
    file = File(4, 2, 5)
    assert_agrees(file.proto(file.add("MatMul", file.x, weights(4, 5, 3))), tmp_path)


def test_matmul_of_two_computed_tensors(tmp_path):
    file = File(4, 5)
    assert_agrees(file.proto(file.add("MatMul", file.x, file.input(5, 4))), tmp_path)


@pytest.mark.parametrize(
    ("attributes", "bias", "reason"),
    [({"transA": 1}, (3,), "moves the batch"), ({}, (4, 3), "row for every sample")],
)
def test_gemm_that_involves_the_batch_is_opaque(attributes, bias, reason, tmp_path):
    file = File(5, batch=4)
    graph = read(
        file.proto(file.add("Gemm", file.x, weights(5, 3), weights(*bias), **attributes)), tmp_path
    )
    assert reason in opaque_reasons(graph)[0]


@pytest.mark.parametrize(
    ("weight", "bias"), [((4, 3), (3,)), ((5, 3), (2,)), ((5,), (3,)), ((5, 3), (1, 1, 3))]
)
def test_gemm_that_does_not_fit_is_an_error(weight, bias, tmp_path):
    file = File(5)
    proto = file.proto(file.add("Gemm", file.x, weights(*weight), weights(*bias)))
    with pytest.raises(ModelError, match="Gemm"):
        read(proto, tmp_path)


def statistics(channels):
    return [*weights(3, channels), np.abs(weights(channels)) + 0.1]


@pytest.mark.parametrize("opset", [7, 9, 14, 15, 23])
@pytest.mark.parametrize("sample", [(4,), (4, 6), (4, 5, 6)])
def test_batch_normalization(opset, sample, tmp_path):
    file = File(*sample, opset=opset)
    made = file.add("BatchNormalization", file.x, *statistics(4), epsilon=0.01)
    graph = assert_agrees(file.proto(made), tmp_path)
    assert any(isinstance(node.op, ChannelAffine) for node in graph.nodes)


def test_batch_normalization_with_a_negative_variance_is_an_error(tmp_path):
    file = File(2)
    made = file.add("BatchNormalization", file.x, *weights(3, 2), np.float32([1, -1]))
    with pytest.raises(ModelError, match="variance is not positive"):
        read(file.proto(made), tmp_path)


@pytest.mark.parametrize(
    ("opset", "attributes", "reason"),
    [(7, {"spatial": 0}, "spatial=0"), (15, {"training_mode": 1}, "training")],
)
def test_other_normalizations_are_opaque(opset, attributes, reason, tmp_path):
    file = File(2, 3, opset=opset)
    made = file.add("BatchNormalization", file.x, *statistics(2), **attributes)
    assert reason in opaque_reasons(read(file.proto(made), tmp_path))[0]
