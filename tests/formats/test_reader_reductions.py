"""Reductions, divisions and norms that are made of other operators, against ONNX Runtime."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.files import File, assert_agrees, opaque_reasons, read
from tinyml_studio.errors import ModelError

RANDOM = np.random.default_rng(8)
KINDS = ["ReduceMin", "ReduceMax", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceProd"]


def floats(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("keepdims", [0, 1])
@pytest.mark.parametrize("axes", [(1,), (-1,), (2, 3), (1, 2, 3)])
@pytest.mark.parametrize("kind", KINDS)
def test_reductions_over_axes_of_a_sample(kind, axes, keepdims, tmp_path):
    file = File(3, 4, 5, opset=18)
    made = file.add(kind, file.x, np.array(axes, np.int64), keepdims=keepdims)
    assert_agrees(file.proto(made), tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_axes_as_an_attribute(kind, tmp_path):
    file = File(3, 4, opset=13)
    assert_agrees(file.proto(file.add(kind, file.x, axes=[1])), tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_the_batch_is_not_reduced(kind, tmp_path):
    file = File(3, 4, opset=18)
    graph = read(file.proto(file.add(kind, file.x, np.array([0], np.int64))), tmp_path)
    assert "over the batch" in opaque_reasons(graph)[0]


def test_a_vector_by_its_length(tmp_path):
    file = File(6, 4, opset=18)
    length = file.add("ReduceL2", file.x, np.array([-1], np.int64))
    length = file.add("Clip", length, np.float32(1e-6))
    assert_agrees(file.proto(file.add("Div", file.x, length)), tmp_path)


@pytest.mark.parametrize("first", [np.float32(1), np.float32(3), floats(4)])
def test_a_constant_by_a_tensor(first, tmp_path):
    file = File(6, 4)
    divisor = file.add("Add", file.add("Abs", file.x), np.float32(1))
    graph = assert_agrees(file.proto(file.add("Div", first, divisor)), tmp_path)
    kinds = [node.op.kind for node in graph.nodes]
    assert kinds[2:] == (["Reciprocal"] if np.array_equal(first, 1) else ["Reciprocal", "Mul"])


@pytest.mark.parametrize("spatial", [(7,), (4, 5)])
def test_instance_normalization(spatial, tmp_path):
    file = File(3, *spatial)
    made = file.add("InstanceNormalization", file.x, floats(3), floats(3), epsilon=0.01)
    assert_agrees(file.proto(made), tmp_path)


@pytest.mark.parametrize("groups", [1, 2, 6])
def test_group_normalization(groups, tmp_path):
    file = File(6, 4, 5, opset=21)
    made = file.add("GroupNormalization", file.x, floats(6), floats(6), num_groups=groups)
    assert_agrees(file.proto(made), tmp_path)


def test_groups_that_do_not_divide_the_channels(tmp_path):
    file = File(6, 4, opset=21)
    made = file.add("GroupNormalization", file.x, floats(6), floats(6), num_groups=4)
    with pytest.raises(ModelError, match="4 groups"):
        read(file.proto(made), tmp_path)


def test_a_group_norm_as_pytorch_writes_it(tmp_path):
    file = File(6, 4, 5)
    grouped = file.add("Reshape", file.x, np.array([0, 2, -1], np.int64))
    made = file.add("InstanceNormalization", grouped, floats(2), floats(2))
    made = file.add("Reshape", made, file.add("Shape", file.x))
    made = file.add("Add", file.add("Mul", made, floats(6, 1, 1)), floats(6, 1, 1))
    assert_agrees(file.proto(made), tmp_path)
