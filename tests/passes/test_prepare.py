import pytest

from tests.passes.sketch import Sketch, assert_same_function, kinds
from tinyml_studio.ir import ops
from tinyml_studio.passes.prepare import prepare


def residual(s):
    x = s.relu(s.batch_norm(s.conv(s.input(3, 8, 6), 4)))
    y = s.batch_norm(s.conv(s.relu(s.batch_norm(s.conv(x, 4))), 4))
    x = s.relu(s.node(ops.Add(), y, x))
    short = s.conv(x, 6, 1, stride=2)
    y = s.conv(s.relu(s.conv(x, 6, stride=2)), 6)
    x = s.relu(s.node(ops.Add(), short, y))
    return s.node(ops.Softmax(0), s.dense(s.flatten(s.global_pool(x)), 5))


def squeeze_excite(s):
    x = s.relu(s.conv(s.input(3, 6, 6), 4))
    x = s.relu(s.conv(x, 4, groups=4))
    gate = s.node(ops.Sigmoid(), s.conv(s.relu(s.conv(s.global_pool(x), 2, 1)), 4, 1))
    x = s.node(ops.Mul(), x, gate)
    return s.dense(s.flatten(s.max_pool(s.node(ops.HardSwish(), x))), 3)


def squeeze_excite_dense(s):
    x = s.conv(s.input(3, 6, 6), 4)
    gate = s.node(ops.Mean((1, 2), keepdims=False), x)
    gate = s.node(ops.Sigmoid(), s.dense(s.relu(s.dense(gate, 2)), 4))
    x = s.node(ops.Mul(), x, s.node(ops.Reshape((4, 1, 1)), gate))
    return s.dense(s.flatten(s.conv(x, 2)), 3)


def concat_and_split(s):
    x = s.conv(s.input(3, 6, 5), 6)
    a, b = s.node(ops.Split(0, (2, 4)), x)
    joined = s.node(ops.Concat(0), s.conv(a, 3), s.relu(b), s.constant(1, 6, 5))
    return s.relu(s.conv(joined, 2))


def sequence(s):
    x = s.relu(s.batch_norm(s.conv(s.input(3, 20), 4, 5)))
    x = s.max_pool(s.relu(s.conv(s.max_pool(x), 6)))
    return s.dense(s.relu(s.dense(s.flatten(x), 8)), 4)


def unet(s):
    x = s.input(1, 8, 8)
    top = s.relu(s.conv(x, 3))
    low = s.relu(s.conv(s.max_pool(top), 4))
    low = s.node(ops.Pad(((0, 0), (2, 2), (2, 2))), low)
    cut = s.node(ops.Slice((0, 7, 0), (3, 8, 8), (1, -1, 1)), top)
    return s.node(ops.Softmax(0), s.conv(s.node(ops.Concat(0), cut, low), 2, 1))


def normalised_input(s):
    x = s.node(ops.Sub(), s.input(3, 6, 6), s.constant(3, 1, 1))
    x = s.node(ops.Mul(), x, s.constant(3, 1, 1))
    return s.relu(s.conv(x, 4, pad=0))


def channels_last_file(s):
    x = s.node(ops.Transpose((2, 0, 1)), s.input(6, 5, 3))
    x = s.node(ops.Transpose((1, 2, 0)), s.relu(s.conv(x, 4)))
    return s.dense(s.flatten(x), 3)


def sequence_as_image(s):
    x = s.node(ops.Reshape((3, 1, 12)), s.input(3, 12))
    x = s.node(ops.Reshape((4, 12)), s.conv(x, 4, 1))
    return s.dense(s.flatten(s.conv(s.relu(s.node(ops.Add(), x, s.constant(4, 1))), 2)), 2)


def two_heads(s):
    x = s.relu(s.conv(s.input(2, 6, 6), 3))
    a = s.flatten(s.conv(x, 2))
    b = s.flatten(s.max_pool(x))
    return s.dense(s.relu(s.node(ops.Concat(0), a, b)), 4)


def lead_in_tanh(s):
    x = s.node(ops.Tanh(), s.node(ops.Pad(((0, 0), (1, 1), (1, 1))), s.input(2, 5, 5)))
    return s.node(ops.Mean((0,)), s.conv(x, 3, pad=0))


NETWORKS = [
    residual,
    squeeze_excite,
    squeeze_excite_dense,
    concat_and_split,
    sequence,
    unet,
    normalised_input,
    channels_last_file,
    sequence_as_image,
    two_heads,
    lead_in_tanh,
]


@pytest.mark.parametrize("network", NETWORKS)
def test_the_function_stays_and_no_transpose_is_left(network):
    sketch = Sketch()
    graph = sketch.graph(network(sketch))
    prepared = prepare(graph)
    assert_same_function(graph, prepared)
    assert "Transpose" not in kinds(prepared)
    assert prepare(prepared) is prepared


def test_a_residual_network_is_convolutions_sums_and_a_head():
    sketch = Sketch()
    prepared = prepare(sketch.graph(residual(sketch)))
    assert kinds(prepared) == [
        *("Conv", "Conv", "Conv", "Add", "Conv", "Conv", "Conv", "Add"),
        *("Mean", "Reshape", "Dense", "Softmax"),
    ]
    assert prepared.inputs[0].perm == (1, 2, 0)
