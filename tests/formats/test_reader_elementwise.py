"""Activations and arithmetic with broadcasting."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.files import File, assert_agrees, opaque_reasons, read
from tinyml_studio.errors import ModelError
from tinyml_studio.ir import ops

RANDOM = np.random.default_rng(0)


def weights(*shape):
    return RANDOM.uniform(0.5, 2, size=shape).astype(np.float32)


def scalar(value):
    return np.array(value, np.float32)


ACTIVATIONS = [
    ("Relu", {}, 7),
    ("Relu", {}, 14),
    ("LeakyRelu", {}, 7),
    ("LeakyRelu", {"alpha": 0.3}, 16),
    ("HardSigmoid", {}, 7),
    ("HardSigmoid", {"alpha": 0.25, "beta": 0.4}, 22),
    ("HardSwish", {}, 14),
    ("Sigmoid", {}, 7),
    ("Tanh", {}, 13),
    ("Clip", {"min": 0.0, "max": 1.0}, 7),
    ("Clip", {"min": 0.5}, 10),
    ("Clip", {}, 10),
    ("Clip", {}, 17),
    ("Neg", {}, 13),
    ("Identity", {}, 16),
    ("Dropout", {"ratio": 0.5}, 10),
    ("Dropout", {}, 17),
    ("Cast", {"to": 1}, 13),
    ("Sum", {}, 13),
]


@pytest.mark.parametrize(("op", "attributes", "opset"), ACTIVATIONS)
def test_operators_of_one_operand(op, attributes, opset, tmp_path):
    file = File(3, 4, opset=opset)
    assert_agrees(file.proto(file.add(op, file.x, **attributes)), tmp_path)


@pytest.mark.parametrize("limits", [(0, 1), ("", 1), (-1,), (-1, np.inf), (-3.4028235e38, 0.5)])
def test_clip_with_operands(limits, tmp_path):
    file = File(3, 4, opset=13)
    operands = [limit if isinstance(limit, str) else scalar(limit) for limit in limits]
    assert_agrees(file.proto(file.add("Clip", file.x, *operands)), tmp_path)


def test_relu6_has_its_own_name_only_as_relu(tmp_path):
    file = File(3)
    relu = file.add("Clip", file.x, scalar(0))
    graph = read(file.proto(file.add("Clip", relu, scalar(0), scalar(6))), tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["Relu", "Clip"]


@pytest.mark.parametrize(("op", "value"), [("Max", 0.25), ("Min", 0.5)])
def test_maximum_and_minimum_with_a_number_are_clips(op, value, tmp_path):
    file = File(3, 4)
    assert_agrees(file.proto(file.add(op, file.x, scalar(value))), tmp_path)


FUNCTIONS = [
    *((name, {}) for name in ("Abs", "Ceil", "Cos", "Erf", "Exp", "Floor", "Round", "Sign", "Sin")),
    *((name, {}) for name in ("Softplus", "Softsign", "Mish", "Elu", "Selu", "Celu", "Gelu")),
    ("Elu", {"alpha": 0.5}),
    ("Selu", {"alpha": 1.2, "gamma": 0.9}),
    ("Celu", {"alpha": 2.0}),
    ("ThresholdedRelu", {"alpha": 0.5}),
    ("Gelu", {"approximate": "tanh"}),
]


@pytest.mark.parametrize(("op", "attributes"), FUNCTIONS)
def test_functions(op, attributes, tmp_path):
    file = File(3, 4, opset=20)
    graph = assert_agrees(file.proto(file.add(op, file.x, **attributes)), tmp_path)
    assert isinstance(graph.nodes[0].op, ops.Function)


@pytest.mark.parametrize("op", ["Sqrt", "Log", "Reciprocal"])
def test_functions_of_positive_values(op, tmp_path):
    file = File(3, 4)
    positive = file.add("Softplus", file.x)
    assert_agrees(file.proto(file.add(op, positive)), tmp_path)


@pytest.mark.parametrize("shape", [(3, 1, 1), (1, 3, 1, 1), (5,), (3, 4, 5)])
def test_prelu_with_many_slopes(shape, tmp_path):
    file = File(3, 4, 5)
    graph = assert_agrees(file.proto(file.add("PRelu", file.x, weights(*shape))), tmp_path)
    assert [node.op for node in graph.nodes] == [ops.PRelu()]


@pytest.mark.parametrize(("opset", "keepdims"), [(11, 1), (13, 0), (18, 1)])
def test_reduce_sum(opset, keepdims, tmp_path):
    file = File(3, 4, 5, opset=opset)
    if opset < 13:
        made = file.add("ReduceSum", file.x, axes=[1, -1], keepdims=keepdims)
    else:
        made = file.add("ReduceSum", file.x, np.array([1, -1], np.int64), keepdims=keepdims)
    assert_agrees(file.proto(made), tmp_path)


@pytest.mark.parametrize(("opset", "axis"), [(11, 3), (13, -1), (13, 1), (13, 2)])
def test_log_softmax(opset, axis, tmp_path):
    file = File(3, 4, 5, opset=opset)
    assert_agrees(file.proto(file.add("LogSoftmax", file.x, axis=axis)), tmp_path)


@pytest.mark.parametrize("axis", [1, 2, -1])
def test_vectors_of_length_one(axis, tmp_path):
    file = File(3, 4, 5)
    made = file.add("LpNormalization", file.x, axis=axis)
    assert "L2Normalization" in [node.op.kind for node in read(file.proto(made), tmp_path).nodes]
    assert_agrees(file.proto(made), tmp_path)


def test_vectors_of_a_sum_of_one_are_refused(tmp_path):
    file = File(3, 4)
    graph = read(file.proto(file.add("LpNormalization", file.x, p=1)), tmp_path)
    assert "p is 1" in graph.nodes[0].op.reason


@pytest.mark.parametrize("power", [1, 2, 0.5, -0.5, -1, 1.7, -2, 0])
def test_powers(power, tmp_path):
    file = File(3, 4)
    positive = file.add("Softplus", file.x)
    assert_agrees(file.proto(file.add("Pow", positive, scalar(power))), tmp_path)


def test_cubes_of_either_sign(tmp_path):
    file = File(3, 4)
    assert_agrees(file.proto(file.add("Pow", file.x, scalar(3))), tmp_path)


@pytest.mark.parametrize("keepdims", [0, 1])
@pytest.mark.parametrize("op", ["ArgMax", "ArgMin"])
def test_indices(op, keepdims, tmp_path):
    file = File(3, 4, 5)
    found = file.add(op, file.x, axis=1, keepdims=keepdims)
    assert_agrees(file.proto(file.add("Cast", found, to=1)), tmp_path)


def test_prelu_with_one_slope(tmp_path):
    file = File(3, 4)
    assert_agrees(file.proto(file.add("PRelu", file.x, np.full((3, 1), 0.2, np.float32))), tmp_path)


@pytest.mark.parametrize("opset", [7, 13, 14])
@pytest.mark.parametrize("op", ["Add", "Sub", "Mul", "Div"])
@pytest.mark.parametrize("shape", [(), (1,), (5,), (4, 1), (3, 1, 1), (1, 3, 1, 1), (3, 4, 5)])
def test_arithmetic_with_constants(opset, op, shape, tmp_path):
    file = File(3, 4, 5, opset=opset)
    assert_agrees(file.proto(file.add(op, file.x, weights(*shape))), tmp_path)


@pytest.mark.parametrize("op", ["Add", "Sub", "Mul"])
def test_arithmetic_with_the_constant_first(op, tmp_path):
    file = File(3, 4)
    assert_agrees(file.proto(file.add(op, weights(1, 3, 1), file.x)), tmp_path)


@pytest.mark.parametrize("op", ["Add", "Sub", "Mul", "Sum"])
def test_arithmetic_of_two_tensors_that_broadcast(op, tmp_path):
    file = File(3, 4, 5)
    other = file.input(3, 1, 1)
    assert_agrees(file.proto(file.add(op, file.x, other)), tmp_path)


def test_sum_of_four(tmp_path):
    file = File(3, 4)
    others = [file.input(3, 4) for _ in range(3)]
    graph = assert_agrees(file.proto(file.add("Sum", file.x, *others)), tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["Add", "Add", "Add"]


def test_a_single_number_for_every_sample(tmp_path):
    file = File(3)
    row = file.add("MatMul", file.x, weights(3))
    graph = assert_agrees(file.proto(file.add("Add", row, scalar(0.5))), tmp_path)
    assert graph.outputs[0].shape == ()


def test_a_constant_that_widens_the_tensor(tmp_path):
    file = File(1)
    assert_agrees(file.proto(file.add("Mul", file.x, weights(6))), tmp_path)


def test_a_square_is_a_product(tmp_path):
    file = File(3)
    assert_agrees(file.proto(file.add("Pow", file.x, scalar(2))), tmp_path)


def test_equal_rows_for_a_fixed_batch(tmp_path):
    file = File(3, batch=2)
    assert_agrees(file.proto(file.add("Add", file.x, np.ones((2, 3), np.float32))), tmp_path)


SOFTMAX = [(7, 1), (11, 2), (11, -1), (12, 3), (13, 1), (13, -1), (13, 2)]


@pytest.mark.parametrize(("opset", "axis"), SOFTMAX)
def test_softmax_before_and_after_opset_13(opset, axis, tmp_path):
    file = File(3, 4, 5, opset=opset)
    assert_agrees(file.proto(file.add("Softmax", file.x, axis=axis)), tmp_path)


@pytest.mark.parametrize("opset", [11, 13])
def test_softmax_without_an_axis(opset, tmp_path):
    file = File(3, 4, opset=opset)
    assert_agrees(file.proto(file.add("Softmax", file.x)), tmp_path)


REFUSED = [
    ("Add", ["x", np.ones((1, 1, 3, 4), np.float32)], {}, "more axes"),
    ("Add", ["x", np.float32([[[1]], [[2]]])], {}, "row for every sample"),
    ("Pow", ["x", np.float32([1, 2, 3, 4])], {}, "one constant power"),
    ("Softmax", ["x"], {"axis": 0}, "batch"),
    ("Cast", ["x"], {"to": 7}, "conversion to int64"),
    ("Clip", ["x", np.float32(1), np.float32(0)], {}, "above its upper limit"),
    ("Atan", ["x"], {}, "Atan is not supported"),
    ("Dropout", ["x", np.float32(0.5), np.array(True)], {}, "training"),
]


@pytest.mark.parametrize(("op", "operands", "attributes", "reason"), REFUSED)
def test_what_has_no_counterpart_is_opaque(op, operands, attributes, reason, tmp_path):
    file = File(3, 4)
    names = {"x": file.x, "other": file.input(3, 4)}
    operands = [names[o] if isinstance(o, str) else o for o in operands]
    graph = read(file.proto(file.add(op, *operands, **attributes)), tmp_path)
    assert reason in opaque_reasons(graph)[0]


def test_operands_of_different_rank_would_meet_the_batch(tmp_path):
    file = File(4)
    other = file.input(3, 4)
    graph = read(file.proto(file.add("Add", file.x, other)), tmp_path)
    assert "different ranks" in opaque_reasons(graph)[0]


BROKEN = [
    ("Add", [np.ones(3, np.float32)], {}, "broadcast"),
    ("Div", [np.zeros(4, np.float32)], {}, "infinity"),
    ("Clip", [np.ones(2, np.float32)], {}, "single number"),
    ("LeakyRelu", [], {"alpha": float("nan")}, "alpha"),
    ("LeakyRelu", [], {"alpha": 1}, "alpha"),
    ("Softmax", [], {"axis": 7}, "no axis 7"),
]


@pytest.mark.parametrize(("op", "operands", "attributes", "reason"), BROKEN)
def test_what_does_not_fit_is_an_error(op, operands, attributes, reason, tmp_path):
    file = File(3, 4)
    proto = file.proto(file.add(op, file.x, *operands, **attributes))
    with pytest.raises(ModelError, match=reason):
        read(proto, tmp_path)
