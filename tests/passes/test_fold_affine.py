import numpy as np
import pytest

from tests.passes.sketch import RELU, Sketch, assert_same_function, kinds
from tinyml_studio.ir import ops
from tinyml_studio.passes.drop_dead import drop_dead
from tinyml_studio.passes.fold_affine import fold_affine


def conv(s, x, filters, *, pad=0, groups=1):
    weight = s.weights(filters, 3, 3, s.shapes[x][-1] // groups)
    op = ops.Conv(weight, s.weights(filters), (1, 1), ((pad, pad),) * 2, (1, 1), groups)
    return s.node(op, x)


def affine(s, x):
    count = s.shapes[x][-1]
    return s.node(ops.ChannelAffine(s.weights(count), s.weights(count)), x)


def check(s, y, want):
    graph = s.graph(y)
    folded = drop_dead(fold_affine(graph))
    assert kinds(folded) == want
    assert_same_function(graph, folded)
    return folded


def test_batch_norm_behind_a_convolution_folds_and_keeps_the_names():
    s = Sketch()
    x = conv(s, s.input(5, 5, 3), 4, pad=1)
    folded = check(s, affine(s, x), ["Conv"])
    assert folded.nodes[0].name == "conv_0"
    assert folded.nodes[0].outputs == ("channelaffine_1:0",)


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_batch_norm_in_front_of_an_unpadded_convolution_folds(groups):
    s = Sketch()
    x = s.node(RELU, s.input(5, 5, 4))
    check(s, conv(s, affine(s, x), 8, groups=groups), ["Relu", "Conv"])


def test_batch_norm_between_relu_and_padded_convolution_stays():
    s = Sketch()
    x = s.node(RELU, s.input(5, 5, 4))
    check(s, conv(s, affine(s, x), 2, pad=1), ["Relu", "ChannelAffine", "Conv"])


def test_a_pure_scale_folds_into_a_padded_convolution():
    s = Sketch()
    x = s.node(ops.Mul(), s.input(5, 5, 4), s.constant(4))
    check(s, conv(s, x, 2, pad=1), ["Conv"])


@pytest.mark.parametrize("shape", [(), (1,), (4,), (1, 1, 4)])
@pytest.mark.parametrize("op", [ops.Add(), ops.Sub(), ops.Mul()])
@pytest.mark.parametrize("first", [True, False])
def test_constants_behind_a_convolution_fold(op, shape, first):
    s = Sketch()
    operands = [conv(s, s.input(5, 5, 3), 4), s.constant(*shape)]
    check(s, s.node(op, *(operands if first else operands[::-1])), ["Conv"])


def test_a_clamp_of_the_folded_node_is_kept():
    s = Sketch()
    x = conv(s, s.input(5, 5, 3), 4)
    folded = check(s, s.node(ops.Add(ops.Clamp(0, 1)), x, s.constant(4)), ["Conv"])
    assert folded.nodes[0].op.clamp == ops.Clamp(0, 1)


def test_a_clamp_in_front_is_not_crossed():
    s = Sketch()
    x = s.node(ops.Dense(s.weights(4, 3), s.weights(4), ops.Clamp(0.0)), s.input(3))
    check(s, s.node(ops.Mul(), x, s.constant(4)), ["Dense", "Mul"])


def test_a_product_and_a_sum_become_one_channel_affine():
    s = Sketch()
    x = s.node(ops.Mul(), s.node(ops.Tanh(), s.input(5, 3)), s.constant(3))
    check(s, s.node(ops.Add(), x, s.constant()), ["Tanh", "ChannelAffine"])


@pytest.mark.parametrize("shape", [(5, 1), (5, 3), (1, 5, 3)])
def test_constants_that_are_not_per_channel_stay(shape):
    s = Sketch()
    x = s.node(ops.Dense(s.weights(3, 3), s.weights(3)), s.input(5, 3))
    check(s, s.node(ops.Add(), x, s.constant(*shape)), ["Dense", "Add"])


def test_batch_norm_folds_into_a_dense_layer_behind_the_flattening():
    s = Sketch()
    x = s.flatten(affine(s, s.node(RELU, s.input(2, 2, 3))))
    check(s, s.dense(x, 4), ["Relu", "Reshape", "Dense"])


def test_scalars_on_a_long_vector_stay_scalars():
    s = Sketch()
    x = s.node(ops.Mul(), s.node(ops.Tanh(), s.input(1, 500)), s.constant())
    check(s, s.node(ops.Add(), x, s.constant(1)), ["Tanh", "Mul", "Add"])


def test_two_readers_keep_the_layer_in_front():
    s = Sketch()
    x = conv(s, s.input(5, 5, 3), 4)
    check(s, s.node(ops.Add(), affine(s, x), x), ["Conv", "ChannelAffine", "Add"])


def test_an_output_in_front_is_kept():
    s = Sketch()
    x = conv(s, s.input(5, 5, 3), 4)
    graph = s.graph(x, affine(s, x))
    assert kinds(fold_affine(graph)) == ["Conv", "ChannelAffine"]


def test_folding_that_overflows_is_left_alone():
    s = Sketch()
    x = s.node(ops.Dense(np.full((2, 2), 1e30, np.float32), np.zeros(2, np.float32)), s.input(2))
    graph = s.graph(s.node(ops.Mul(), x, s.constant(2, value=1e30)))
    assert kinds(fold_affine(graph)) == ["Dense", "Mul"]


@pytest.mark.parametrize(("op", "value"), [(ops.Mul(), 1.0), (ops.Add(), 0.0), (ops.Sub(), 0.0)])
def test_what_changes_nothing_is_dropped(op, value):
    s = Sketch()
    x = s.node(op, s.node(ops.Tanh(), s.input(4)), s.constant(value=value))
    check(s, s.node(ops.Sigmoid(), x), ["Tanh", "Sigmoid"])
