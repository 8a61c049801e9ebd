"""What transformers are made of, as exporters write them, against ONNX Runtime."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.files import File, assert_agrees, opaque_reasons, read
from tinyml_studio.errors import StudioError
from tinyml_studio.ir.ops import MatMul

RANDOM = np.random.default_rng(5)


def floats(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


def integers(*values):
    return np.array(values, np.int64)


@pytest.mark.parametrize("operands", [1, 2])
def test_layer_normalization(operands, tmp_path):
    file = File(6, 8)
    vectors = [floats(8) for _ in range(operands)]
    assert_agrees(file.proto(file.add("LayerNormalization", file.x, *vectors, axis=-1)), tmp_path)


def test_layer_normalization_over_more_axes_is_opaque(tmp_path):
    file = File(6, 8)
    made = file.add("LayerNormalization", file.x, floats(6, 8), axis=1)
    assert "more than the last axis" in opaque_reasons(read(file.proto(made), tmp_path))[0]


@pytest.mark.parametrize("kind", ["Split", "Slice"])
def test_parts_of_one_product_in_front_of_the_batch(kind, tmp_path):
    """Queries, keys and values as ``permute(2, 0, 3, 1, 4).unbind(0)``."""
    file = File(6, 24)
    stack = file.add("Reshape", file.x, integers(0, 6, 3, 2, 4))
    stack = file.add("Transpose", stack, perm=[2, 0, 3, 1, 4])
    if kind == "Split":
        parts = file.add("Split", stack, axis=0, outputs=3)
    else:
        ends = ((integers(n), integers(n + 1), integers(0)) for n in range(3))
        parts = [file.add("Slice", stack, *end) for end in ends]
    q, k, v = (file.add("Squeeze", part, integers(0)) for part in parts)
    scores = file.add("MatMul", q, file.add("Transpose", k, perm=[0, 1, 3, 2]))
    assert_agrees(file.proto(file.add("MatMul", scores, v)), tmp_path)


def test_dense_layers_over_time_first(tmp_path):
    file = File(5, 4)
    rows = file.add("Transpose", file.x, perm=[1, 0, 2])
    made = file.add("Add", file.add("MatMul", rows, floats(4, 6)), floats(6))
    made = file.add("Mul", file.add("Tanh", made), made)
    assert_agrees(file.proto(file.add("Transpose", made, perm=[1, 0, 2])), tmp_path)


@pytest.mark.parametrize(
    ("kind", "operands", "attributes"),
    [
        ("LayerNormalization", (floats(4), floats(4)), {}),
        ("LayerNormalization", (floats(4),), {"axis": 2}),
        ("Softmax", (), {}),
        ("LogSoftmax", (), {"axis": 2}),
        ("Erf", (), {}),
        ("Elu", (), {"alpha": 0.5}),
        ("Neg", (), {}),
    ],
)
def test_rows_by_themselves_over_time_first(kind, operands, attributes, tmp_path):
    """A transformer layer that normalizes first, without ``batch_first``."""
    file = File(5, 4)
    rows = file.add("Transpose", file.x, perm=[1, 0, 2])
    made = file.add(kind, rows, *operands, **attributes)
    assert_agrees(file.proto(file.add("Transpose", made, perm=[1, 0, 2])), tmp_path)


@pytest.mark.parametrize(("perm", "axis"), [((1, 0, 2), 1), ((1, 2, 0), 2)])
@pytest.mark.parametrize("kind", ["Softmax", "LayerNormalization"])
def test_normalization_over_the_batch_is_opaque(kind, perm, axis, tmp_path):
    file = File(5, 4)
    rows = file.add("Transpose", file.x, perm=perm)
    vectors = [floats(1)] if kind == "LayerNormalization" else []
    made = file.add(kind, rows, *vectors, axis=axis)
    assert "batch is not the first" in opaque_reasons(read(file.proto(made), tmp_path))[0]


def test_softmax_over_the_batch_of_an_older_file_is_opaque(tmp_path):
    file = File(5, 4, opset=12)
    made = file.add("Softmax", file.add("Transpose", file.x, perm=[1, 0, 2]))
    assert "batch is not the first" in opaque_reasons(read(file.proto(made), tmp_path))[0]


def test_a_constant_that_meets_the_batch_is_opaque(tmp_path):
    file = File(5, 4)
    rows = file.add("Transpose", file.x, perm=[1, 0, 2])
    made = file.add("Transpose", file.add("Add", rows, floats(1, 4)), perm=[1, 0, 2])
    graph = read(file.proto(made), tmp_path)
    assert "batch is not the first" in opaque_reasons(graph)[0]


def attention(file, steps, heads, size, *, rows=False, one=-1):
    """Multi-head attention as PyTorch writes it, whose batch is the second axis.

    With `rows` heads stay one axis with the batch, else they get an axis of their own behind it.
    With 1 for `one` every shape is written out for one sample.
    """
    x = file.add("Transpose", file.x, perm=[1, 0, 2])
    width = heads * size
    made = file.add("Add", floats(3 * width), file.add("MatMul", x, floats(width, 3 * width)))
    made = file.add("Reshape", made, integers(steps, one, 3, width))
    made = file.add("Unsqueeze", made, integers(0))
    made = file.add("Squeeze", file.add("Transpose", made, perm=[3, 1, 2, 0, 4]), integers(3))
    parts = [file.add("Gather", made, np.int64(index), axis=0) for index in range(3)]
    both = heads if one == 1 else -1
    parts = [file.add("Reshape", part, integers(steps, both, size)) for part in parts]
    parts = [file.add("Transpose", part, perm=[1, 0, 2]) for part in parts]
    if not rows:
        parts = [file.add("Reshape", part, integers(one, heads, steps, size)) for part in parts]
    q, k, v = parts
    turned = file.add("Transpose", k, perm=[0, 2, 1] if rows else [0, 1, 3, 2])
    scores = file.add("MatMul", file.add("Mul", q, np.float32(0.5)), turned)
    made = file.add("MatMul", file.add("Softmax", scores, axis=-1), v)
    made = file.add("Transpose", made, perm=[1, 0, 2] if rows else [2, 0, 1, 3])
    made = file.add("Reshape", made, integers(steps if one == 1 else -1, width))
    made = file.add("Gemm", made, floats(width, width), floats(width), transB=1)
    made = file.add("Reshape", made, integers(steps, one, width))
    return file.add("Transpose", made, perm=[1, 0, 2])


@pytest.mark.parametrize("rows", [False, True])
@pytest.mark.parametrize("heads", [1, 4])
def test_attention_with_the_batch_second(heads, rows, tmp_path):
    file = File(6, heads * 3)
    graph = assert_agrees(file.proto(attention(file, 6, heads, 3, rows=rows)), tmp_path)
    assert sum(isinstance(node.op, MatMul) for node in graph.nodes) == 2


@pytest.mark.parametrize("one", [-1, 1])
def test_attention_of_a_file_for_one_sample(one, tmp_path):
    file = File(6, 12, batch=1)
    assert_agrees(file.proto(attention(file, 6, 4, 3, one=one)), tmp_path, batch=1)


def test_rows_that_are_cut_across_samples_are_opaque(tmp_path):
    file = File(6, 8)
    x = file.add("Transpose", file.x, perm=[1, 0, 2])
    made = file.add("Reshape", x, integers(3, -1, 8))
    graph = read(file.proto(file.add("Transpose", made, perm=[1, 0, 2])), tmp_path)
    assert "mixes the batch" in opaque_reasons(graph)[0]


def for_every_sample(file, token):
    """A constant repeated to the batch, as ``token.expand(x.shape[0], -1, -1)``."""
    size = file.add("Shape", file.x, start=0, end=1)
    sizes = file.add("Concat", size, integers(*token.shape[1:]), axis=0)
    return file.add("Expand", token, sizes)


@pytest.mark.parametrize(("kind", "attributes"), [("Concat", {"axis": 1}), ("Add", {})])
def test_a_constant_for_every_sample(kind, attributes, tmp_path):
    """The class token of a vision transformer."""
    file = File(6, 8)
    token = for_every_sample(file, floats(1, 1, 8))
    assert_agrees(file.proto(file.add(kind, token, file.x, **attributes)), tmp_path)


def test_a_constant_of_another_rank_is_not_joined(tmp_path):
    file = File(6, 8)
    token = for_every_sample(file, floats(1, 8))
    with pytest.raises(StudioError, match="another rank"):
        read(file.proto(file.add("Concat", token, file.x, axis=1)), tmp_path)


def test_a_constant_that_counts_the_samples_is_opaque(tmp_path):
    file = File(6, 8)
    token = for_every_sample(file, floats(1, 1, 8))
    size = file.add("Cast", file.add("Shape", file.x, start=0, end=1), to=1)
    made = file.add("Concat", file.add("Mul", token, size), file.x, axis=1)
    graph = read(file.proto(made), tmp_path)
    assert "depends on the batch size" in opaque_reasons(graph)[0]
