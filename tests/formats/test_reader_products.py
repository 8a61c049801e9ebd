"""MatMul of two computed tensors, Max and Min of many, against ONNX Runtime."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.files import File, assert_agrees, assert_same_outputs, opaque_reasons, read
from tinyml_studio.ir import ops
from tinyml_studio.passes.prepare import prepare

RANDOM = np.random.default_rng(3)


def floats(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


def test_two_stacks_of_matrices(tmp_path):
    file = File(3, 5, 4)
    made = file.add("MatMul", file.x, file.input(3, 4, 6))
    graph = assert_agrees(file.proto(made), tmp_path)
    assert [type(node.op) for node in graph.nodes] == [ops.MatMul]


def test_a_constant_stack(tmp_path):
    file = File(3, 5, 4)
    graph = assert_agrees(file.proto(file.add("MatMul", file.x, floats(3, 4, 6))), tmp_path)
    assert graph.nodes[0].op == ops.MatMul()


def test_a_transposed_matrix_needs_no_move(tmp_path):
    file = File(3, 5, 4)
    shares = file.add("Softmax", file.input(3, 6, 4), axis=-1)
    turned = file.add("Transpose", shares, perm=[0, 1, 3, 2])
    graph = prepare(assert_agrees(file.proto(file.add("MatMul", file.x, turned)), tmp_path))
    assert [node.op for node in graph.nodes] == [ops.Softmax(2), ops.MatMul(adj_y=True)]


def test_attention_of_several_heads(tmp_path):
    """Queries, keys and values of one product, split into heads, and joined again."""
    file = File(6, 8)
    parts = []
    for _ in range(3):
        row = file.add("MatMul", file.x, floats(8, 8))
        heads = file.add("Reshape", row, np.array([0, 6, 2, 4], np.int64))
        parts.append(file.add("Transpose", heads, perm=[0, 2, 1, 3]))
    keys = file.add("Transpose", parts[1], perm=[0, 1, 3, 2])
    scores = file.add("Mul", file.add("MatMul", parts[0], keys), np.float32(0.5))
    mixed = file.add("MatMul", file.add("Softmax", scores, axis=-1), parts[2])
    joined = file.add("Transpose", mixed, perm=[0, 2, 1, 3])
    made = file.add("Reshape", joined, np.array([0, 6, 8], np.int64))
    proto = file.proto(made)
    graph = prepare(assert_agrees(proto, tmp_path))
    assert_same_outputs(graph, proto.SerializeToString(), batch=3, tolerance=1e-4)


@pytest.mark.parametrize("kind", ["Max", "Min"])
@pytest.mark.parametrize("count", [2, 3])
def test_the_extreme_of_several_tensors(kind, count, tmp_path):
    file = File(3, 4, 5)
    others = [file.input(3, 4, 5) for _ in range(count - 1)]
    graph = assert_agrees(file.proto(file.add(kind, file.x, *others)), tmp_path)
    assert [node.op.kind for node in graph.nodes] == [f"{kind}imum"] * (count - 1)


@pytest.mark.parametrize("kind", ["Max", "Min"])
def test_constants_among_them(kind, tmp_path):
    file = File(3, 4, 5)
    made = file.add(kind, file.x, floats(3, 1, 1), file.input(3, 4, 5), floats(1, 1, 4, 5))
    assert_agrees(file.proto(made), tmp_path)


def test_what_would_meet_the_batch_is_opaque(tmp_path):
    file = File(3, 4)
    graph = read(file.proto(file.add("MatMul", file.x, file.input(4))), tmp_path)
    assert "batch" in opaque_reasons(graph)[0]
