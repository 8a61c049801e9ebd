"""What transformers are made of, as exporters write them, against ONNX Runtime."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.files import File, assert_agrees, opaque_reasons, read

RANDOM = np.random.default_rng(5)


def floats(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("operands", [1, 2])
def test_layer_normalization(operands, tmp_path):
    file = File(6, 8)
    vectors = [floats(8) for _ in range(operands)]
    assert_agrees(file.proto(file.add("LayerNormalization", file.x, *vectors, axis=-1)), tmp_path)


def test_layer_normalization_over_more_axes_is_opaque(tmp_path):
    file = File(6, 8)
    made = file.add("LayerNormalization", file.x, floats(6, 8), axis=1)
    assert "more than the last axis" in opaque_reasons(read(file.proto(made), tmp_path))[0]


def test_parts_of_one_product_in_front_of_the_batch(tmp_path):
    """Queries, keys and values as ``permute(2, 0, 3, 1, 4).unbind(0)``."""
    file = File(6, 24)
    parts = file.add("Reshape", file.x, np.array([0, 6, 3, 2, 4], np.int64))
    parts = file.add("Transpose", parts, perm=[2, 0, 3, 1, 4])
    parts = file.add("Split", parts, axis=0, outputs=3)
    q, k, v = (file.add("Squeeze", part, np.array([0], np.int64)) for part in parts)
    scores = file.add("MatMul", q, file.add("Transpose", k, perm=[0, 1, 3, 2]))
    assert_agrees(file.proto(file.add("MatMul", scores, v)), tmp_path)


def test_dense_layers_over_time_first(tmp_path):
    file = File(5, 4)
    rows = file.add("Transpose", file.x, perm=[1, 0, 2])
    made = file.add("Add", file.add("MatMul", rows, floats(4, 6)), floats(6))
    made = file.add("Mul", file.add("Tanh", made), made)
    assert_agrees(file.proto(file.add("Transpose", made, perm=[1, 0, 2])), tmp_path)


def test_a_constant_that_meets_the_batch_is_opaque(tmp_path):
    file = File(5, 4)
    rows = file.add("Transpose", file.x, perm=[1, 0, 2])
    made = file.add("Transpose", file.add("Add", rows, floats(1, 4)), perm=[1, 0, 2])
    graph = read(file.proto(made), tmp_path)
    assert "batch is not the first" in opaque_reasons(graph)[0]
