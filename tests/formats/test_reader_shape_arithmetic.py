"""Files that compute their shapes, as exporters of flexible models do."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import numpy_helper

from tests.formats.files import File, assert_agrees, opaque_reasons, read
from tinyml_studio.errors import ModelError
from tinyml_studio.formats import evaluation, translate

RANDOM = np.random.default_rng(0)


def ints(*values):
    return np.array(values, np.int64)


def weights(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("batch", ["N", 1, 5])
@pytest.mark.parametrize("opset", [9, 13])
def test_flatten_as_pytorch_writes_view(opset, batch, tmp_path):
    file = File(3, 4, 5, opset=opset, batch=batch)
    size = file.add("Gather", file.add("Shape", file.x), np.int64(0), axis=0)
    if opset < 13:
        parts = [
            file.add("Unsqueeze", part, axes=[0]) for part in (size, file.constant(np.int64(-1)))
        ]
    else:
        parts = [file.add("Unsqueeze", part, ints(0)) for part in (size, np.int64(-1))]
    made = file.add("Reshape", file.x, file.add("Concat", *parts, axis=0))
    assert opaque_reasons(assert_agrees(file.proto(made), tmp_path)) == []


def test_flatten_as_keras_writes_it(tmp_path):
    file = File(3, 4, 5)
    shape = file.add("Cast", file.add("Shape", file.x), to=6)
    batch = file.add("Slice", shape, ints(0), ints(1), ints(0))
    squeezed = file.add("Squeeze", batch, ints(0))
    pack = [file.add("Unsqueeze", part, ints(0)) for part in (squeezed, np.int32(60))]
    target = file.add("Cast", file.add("Concat", *pack, axis=0), to=7)
    assert_agrees(file.proto(file.add("Reshape", file.x, target)), tmp_path)


def test_channel_shuffle_with_computed_sizes(tmp_path):
    file = File(6, 4, 5)
    shape = file.add("Shape", file.x)
    n, c, h, w = (file.add("Gather", shape, ints(i), axis=0) for i in range(4))
    half = file.add("Div", c, ints(2))
    grouped = file.add("Concat", n, ints(2), half, h, w, axis=0)
    inner = file.add("Transpose", file.add("Reshape", file.x, grouped), perm=[0, 2, 1, 3, 4])
    made = file.add("Reshape", inner, file.add("Concat", n, ints(-1), h, w, axis=0))
    assert_agrees(file.proto(made), tmp_path)


def test_sizes_through_floats(tmp_path):
    file = File(6, 4)
    tail = file.add("Slice", file.add("Shape", file.x), ints(1), ints(3))
    scaled = file.add("Mul", file.add("Cast", tail, to=1), np.float32([0.5, 2]))
    floor = file.add("Cast", file.add("Floor", scaled), to=7)
    target = file.add("Concat", ints(0), floor, axis=0)
    assert_agrees(file.proto(file.add("Reshape", file.x, target)), tmp_path)


def test_shape_with_start_and_end(tmp_path):
    file = File(6, 4, opset=15)
    batch = file.add("Shape", file.x, end=1)
    rest = file.add("ReduceProd", file.add("Shape", file.x, start=1))
    made = file.add("Reshape", file.x, file.add("Concat", batch, rest, axis=0))
    graph = read(file.proto(made), tmp_path)
    assert opaque_reasons(graph) == []
    assert graph.outputs[0].shape == (24,)


def test_a_reshape_to_batch_times_size_is_opaque(tmp_path):
    file = File(6, 4)
    batch = file.add("Shape", file.x, end=1, start=0)
    rows = file.add("Mul", batch, ints(6))
    made = file.add("Reshape", file.x, file.add("Concat", rows, ints(4), axis=0))
    graph = read(file.proto(made), tmp_path)
    assert "mixes the batch" in opaque_reasons(graph)[0]


@pytest.mark.parametrize("batch", ["N", 1, 2])
def test_a_dense_layer_over_time_as_tensorflow_writes_it(batch, tmp_path):
    file = File(6, 4, batch=batch)
    shape = file.add("Shape", file.x)
    rows = file.add("ReduceProd", file.add("Slice", shape, ints(0), ints(2)), keepdims=1)
    flat = file.add("Reshape", file.x, file.add("Concat", rows, ints(4), axis=0))
    made = file.add("Relu", file.add("Add", file.add("MatMul", flat, weights(4, 3)), weights(3)))
    back = file.add("Concat", file.add("Slice", shape, ints(0), ints(2)), ints(3), axis=0)
    assert_agrees(file.proto(file.add("Reshape", made, back)), tmp_path)


@pytest.mark.parametrize("batch", ["N", 1, 2])
def test_a_dense_layer_over_time_as_pytorch_writes_it(batch, tmp_path):
    file = File(6, 4, batch=batch)
    flat = file.add("Reshape", file.x, ints(-1, 4))
    made = file.add("Gemm", flat, weights(3, 4), weights(3), transB=1)
    made = file.add("Sigmoid", file.add("Sub", made, weights(1, 3)))
    assert_agrees(file.proto(file.add("Reshape", made, ints(-1, 6, 3))), tmp_path)


def test_rows_of_a_sample_that_meet_other_operators_are_opaque(tmp_path):
    file = File(6, 4)
    flat = file.add("Reshape", file.x, ints(-1, 4))
    reasons = []
    for operands in ((), (np.ones((1, 1, 4), np.float32),), (file.x,)):
        made = file.add("Add", flat, *operands) if operands else file.add("Softmax", flat, axis=0)
        made = file.add("Reshape", made, ints(-1, 6, 4))
        reasons.append(opaque_reasons(read(file.proto(made), tmp_path))[0])
    assert reasons == ["it mixes the batch with other axes"] * 3


def test_padding_as_pytorch_writes_it(tmp_path):
    file = File(2, 5, 5, opset=11)
    missing = file.add("ConstantOfShape", ints(4), value=numpy_helper.from_array(ints(0)))
    amounts = file.add("Concat", ints(1, 2, 0, 1), missing, axis=0)
    pairs = file.add("Reshape", amounts, ints(-1, 2))
    turned = file.add("Slice", pairs, ints(-1), ints(-(2**63) + 1), ints(0), ints(-1))
    flat = file.add("Reshape", file.add("Transpose", turned, perm=[1, 0]), ints(-1))
    zeros = file.add("Cast", flat, to=7)
    assert_agrees(file.proto(file.add("Pad", file.x, zeros, np.float32(0.5))), tmp_path)


def test_expanding_to_its_own_shape_does_nothing(tmp_path):
    file = File(6, 4)
    made = file.add("Expand", file.x, file.add("Shape", file.x))
    assert_agrees(file.proto(made), tmp_path)


def test_values_that_depend_on_the_batch_are_opaque(tmp_path):
    file = File(6)
    count = file.add("Cast", file.add("Shape", file.x, end=1), to=1)
    graph = read(file.proto(file.add("Mul", file.x, count)), tmp_path)
    assert "depends on the batch size" in opaque_reasons(graph)[0]


def test_constants_in_every_form(tmp_path):
    file = File(2, opset=13)
    total = file.x
    for attributes in ({"value_float": 1.5}, {"value_floats": [1.0, 2.0]}):
        total = file.add("Add", total, file.add("Constant", **attributes))
    target = file.add("Constant", value_ints=[0, 2, 1])
    axis = file.add("Unsqueeze", file.add("Constant", value_int=2), ints(0))
    made = file.add("Squeeze", file.add("Reshape", total, target), axis)
    assert_agrees(file.proto(made), tmp_path)


CHAINS = {
    "transposed": lambda f, w: f.add("Transpose", f.constant(w)),
    "reshaped": lambda f, w: f.add("Reshape", f.add("Reshape", w, ints(-1)), ints(4, 3)),
    "halved": lambda f, w: f.add("Cast", f.add("Cast", w.T, to=10), to=1),
    "normalized": lambda f, w: f.add(
        "Div", w.T, f.add("Sqrt", f.add("Add", np.abs(w.T), np.float32(1)))
    ),
    "sliced": lambda f, w: f.add("Slice", np.concatenate([w.T] * 2), ints(0), ints(4), ints(0)),
    "gathered": lambda f, w: f.add("Gather", w.T, ints(3, 1, 0, 2), axis=0),
    "joined": lambda f, w: f.add("Concat", w.T[:1], w.T[1:], axis=0),
    "split": lambda f, w: f.add("Split", np.concatenate([w.T] * 2), outputs=2, axis=0)[0],
    "expanded": lambda f, w: f.add("Expand", w.T[:, :1], ints(4, 3)),
    "tiled": lambda f, w: f.add("Tile", w.T[:1], ints(4, 1)),
    "squeezed": lambda f, w: f.add("Squeeze", f.add("Unsqueeze", w.T, ints(0)), ints(0)),
    "inverted": lambda f, w: f.add("Neg", f.add("Reciprocal", w.T)),
    "raised": lambda f, w: f.add("Pow", w.T, np.float32(3)),
    "grown": lambda f, w: f.add("Exp", f.add("Log", np.abs(w.T))),
    "chosen": lambda f, w: f.add("Where", f.add("Greater", w.T, np.float32(0)), w.T, np.float32(1)),
    "filled": lambda f, w: f.add("ConstantOfShape", ints(4, 3)),
    "ranged": lambda f, w: f.add("Reshape", f.add("Range", *np.float32([0, 12, 1])), ints(4, 3)),
    "averaged": lambda f, w: f.add("ReduceMean", np.stack([w.T, w.T]), axes=[0], keepdims=0),
    "scaled to length 1": lambda f, w: f.add(
        "Div", w.T, f.add("ReduceL2", w.T, axes=[0], keepdims=1)
    ),
    "long all over": lambda f, w: f.add("Mul", w.T, f.add("ReduceL2", w.T, keepdims=0)),
    "multiplied": lambda f, w: f.add("MatMul", w.T, weights(3, 3)),
    "summed": lambda f, w: f.add("Sum", w.T, f.add("Tanh", w.T), f.add("Sigmoid", w.T)),
    "limited": lambda f, w: f.add("Min", f.add("Max", w.T, np.float32(0)), np.float32(1)),
}


@pytest.mark.parametrize("how", CHAINS)
def test_computed_weights_are_evaluated(how, tmp_path):
    file = File(4)
    made = file.add("MatMul", file.x, CHAINS[how](file, weights(3, 4)))
    graph = assert_agrees(file.proto(made), tmp_path, tolerance=2e-3)
    assert [node.op.kind for node in graph.nodes] == ["Dense"]


def test_integer_division_truncates_toward_zero(tmp_path):
    file = File(6)
    target = file.add(
        "Concat", ints(0), file.add("Neg", file.add("Div", ints(13), ints(-2))), axis=0
    )
    assert_agrees(file.proto(file.add("Reshape", file.x, target)), tmp_path)


BOMBS = {
    "fill": lambda f: f.add("ConstantOfShape", ints(2**20, 2**20)),
    "range": lambda f: f.add("Range", np.float32(0), np.float32(1e30), np.float32(1)),
    "expand": lambda f: f.add("Expand", np.ones(1, np.float32), ints(2**15, 2**15)),
    "tile": lambda f: f.add("Tile", np.ones(1, np.float32), ints(2**40)),
    "outer": lambda f: f.add(
        "Add", np.ones((1, 2**14), np.float32), np.ones((2**14, 1), np.float32)
    ),
    "gather": lambda f: f.add("Gather", np.ones((1, 2**14), np.float32), np.zeros(2**14, np.int64)),
    "negative": lambda f: f.add("ConstantOfShape", ints(-5)),
}


@pytest.mark.parametrize("how", BOMBS)
def test_constants_that_explode_are_an_error(how, tmp_path):
    file = File(4)
    proto = file.proto(file.add("Add", file.x, BOMBS[how](file)))
    with pytest.raises(ModelError, match="become too large"):
        read(proto, tmp_path)


def test_a_chain_of_doublings_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluation, "MAX_FOLDED_ELEMENTS", 2**20)
    file = File(4)
    bomb = file.constant(np.ones(1024, np.float32))
    for _ in range(40):
        bomb = file.add("Concat", bomb, bomb, axis=0)
    with pytest.raises(ModelError, match="become too large"):
        read(file.proto(file.add("Add", file.x, bomb)), tmp_path)


def test_a_large_constant_in_very_many_nodes_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(translate, "MAX_USED_ELEMENTS", 2**16)
    file = File(64, opset=13)
    weight, x = file.constant(weights(64, 64)), file.x
    for _ in range(17):
        x = file.add("MatMul", x, weight)
    with pytest.raises(ModelError, match="the constants that its nodes use become too large"):
        read(file.proto(x), tmp_path)


def test_the_shape_of_a_tensor_beyond_all_bounds_is_an_error(tmp_path):
    file = File(2**31 - 1, 2**31 - 1)
    made = file.add("Reshape", file.x, file.add("Shape", file.x))
    with pytest.raises(ModelError, match=r"model\.onnx"):
        read(file.proto(made), tmp_path)


def test_nodes_that_nobody_needs_are_left_out(tmp_path):
    file = File(4)
    file.add("Atan", file.x)
    graph = read(file.proto(file.add("Relu", file.x)), tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["Relu"]


def test_an_output_that_is_constant_is_an_error(tmp_path):
    file = File(4)
    with pytest.raises(ModelError, match="does not depend on the input"):
        read(file.proto(file.add("Shape", file.x)), tmp_path)
