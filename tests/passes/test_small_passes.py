"""The passes that drop, merge and move a single thing."""

import pytest

from tests.passes.sketch import RELU, Sketch, assert_same_function, kinds
from tinyml_studio.ir import ops
from tinyml_studio.passes.drop_dead import drop_dead
from tinyml_studio.passes.drop_identity import drop_identity
from tinyml_studio.passes.fold_pad import fold_pad
from tinyml_studio.passes.keep_names import keep_names
from tinyml_studio.passes.merge_reshapes import merge_reshapes
from tinyml_studio.passes.permute_dense import permute_dense
from tinyml_studio.passes.sink_reshapes import sink_reshapes

PAD = ((1, 0), (2, 1), (0, 0))


def conv(s, x):
    op = ops.Conv(s.weights(2, 3, 3, 3), s.weights(2), (1, 1), ((1, 1), (0, 0)), (1, 1))
    return s.node(op, x)


def check(apply, graph, want):
    done = apply(graph)
    assert kinds(done) == want
    assert_same_function(graph, done)
    assert apply(done) is done
    return done


def test_identities_vanish_and_outputs_are_kept():
    s = Sketch()
    x = s.node(ops.Identity(), s.node(ops.Clip(ops.NO_CLAMP), s.input(3)))
    y = s.node(ops.Identity(), s.node(ops.Tanh(), x))
    done = check(drop_identity, s.graph(y), ["Tanh"])
    assert done.outputs[0].tensor == "tanh_2:0"


def test_dead_nodes_vanish_and_inputs_stay():
    s = Sketch()
    x = s.node(ops.Tanh(), s.input(3))
    s.node(RELU, s.node(ops.Add(), s.input(3), x))
    done = check(drop_dead, s.graph(x), ["Tanh"])
    assert len(done.inputs) == 2


def test_reshapes_merge_and_idle_ones_vanish():
    s = Sketch()
    x = s.node(ops.Reshape((6,)), s.node(ops.Reshape((3, 2)), s.input(2, 3)))
    y = s.node(ops.Reshape((2, 3)), x)
    graph = s.graph(s.node(ops.Tanh(), x), s.node(ops.Sigmoid(), y))
    done = drop_dead(merge_reshapes(graph))
    assert_same_function(graph, done)
    assert kinds(done) == ["Reshape", "Tanh", "Sigmoid"]


@pytest.mark.parametrize(
    ("pad", "want"),
    [
        (ops.Pad(PAD), ["Conv"]),
        (ops.Pad(PAD, 0.5), ["Pad", "Conv"]),
        (ops.Pad((*PAD[:2], (1, 0))), ["Pad", "Conv"]),
    ],
)
def test_zero_padding_of_spatial_axes_folds_into_a_convolution(pad, want):
    s = Sketch()
    x = s.input(5, 5, 3 if pad.pads[2] == (0, 0) else 2)
    check(lambda graph: drop_dead(fold_pad(graph)), s.graph(conv(s, s.node(pad, x))), want)


def test_padding_in_front_of_an_average_pool_stays():
    s = Sketch()
    pool = ops.AveragePool((2, 2), (2, 2), ((0, 0), (0, 0)))
    check(
        fold_pad,
        s.graph(s.node(pool, s.node(ops.Pad(PAD), s.input(5, 5, 3)))),
        ["Pad", "AveragePool"],
    )


def test_a_bias_and_a_relu_move_before_a_squeeze():
    s = Sketch()
    x = s.node(ops.Reshape((7, 3)), s.input(1, 7, 3))
    y = s.relu(s.node(ops.Add(), s.constant(1, 3), x))
    done = check(sink_reshapes, s.graph(y), ["Add", "Relu", "Reshape"])
    assert done.nodes[2].outputs == (y,)


def test_a_constant_per_channel_does_not_move_past_another_last_axis():
    s = Sketch()
    x = s.node(ops.Reshape((6,)), s.input(2, 3))
    graph = s.graph(s.node(ops.Mul(), x, s.constant(6)))
    assert sink_reshapes(graph) is graph


def flattened(s):
    return s.flatten(s.node(ops.Transpose((2, 0, 1)), s.input(2, 4, 3)))


def test_dense_weights_take_over_a_transposition():
    s = Sketch()
    x = s.node(ops.Tanh(), flattened(s))
    x = s.node(ops.ChannelAffine(s.weights(24), s.weights(24)), x)
    x = s.node(ops.Add(), x, s.constant(24))
    x = s.node(ops.Concat(0), s.input(5), x)
    graph = s.graph(s.dense(x, 3), s.dense(x, 2))
    done = drop_dead(permute_dense(graph))
    assert_same_function(graph, done)
    assert "Transpose" not in kinds(done)


@pytest.mark.parametrize("op", [ops.Softmax(0), ops.Reshape((2, 12))])
def test_a_transposition_whose_order_is_seen_stays(op):
    s = Sketch()
    graph = s.graph(s.node(op, flattened(s)))
    assert permute_dense(graph) is graph


def test_a_flattened_output_keeps_its_order():
    s = Sketch()
    x = flattened(s)
    graph = s.graph(s.dense(x, 2), x)
    assert permute_dense(graph) is graph


def test_the_name_in_the_file_goes_to_the_operator():
    s = Sketch()
    x = s.max_pool(s.input(2, 4, 4))
    graph = s.graph(s.relu(x), x)
    done = keep_names(graph)
    assert_same_function(graph, done)
    assert done.nodes[1].outputs == (x,)
    assert keep_names(done) is done
