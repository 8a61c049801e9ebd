import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.passes.sketch import RELU, Sketch, assert_same_function, kinds
from tinyml_studio.ir import ops
from tinyml_studio.passes.fuse_clamp import clamp_twice, fuse_clamp

BOUNDS = st.lists(st.integers(-5, 5), min_size=2, max_size=2).map(sorted)


@given(BOUNDS, BOUNDS)
def test_two_clamps_as_one(first, second):
    values = np.arange(-9, 10)
    both = clamp_twice(ops.Clamp(*first), ops.Clamp(*second))
    want = np.clip(np.clip(values, *first), *second)
    np.testing.assert_array_equal(np.clip(values, both.low, both.high), want)


@pytest.mark.parametrize("op", [ops.Add(), ops.Sub(), ops.Mul()])
def test_relu_fuses_into_its_producer(op):
    s = Sketch()
    graph = s.graph(s.relu(s.node(op, s.input(4), s.input(4))))
    fused = fuse_clamp(graph)
    assert_same_function(graph, fused)
    (node,) = fused.nodes
    assert node.op.clamp == ops.Clamp(0.0)
    assert (node.name, node.outputs) == (graph.nodes[0].name, graph.nodes[1].outputs)


def test_a_chain_of_clips_becomes_one():
    s = Sketch()
    x = s.node(ops.Tanh(), s.input(6))
    for low, high in [(-0.5, 9.0), (-9.0, 0.25), (-0.1, 0.2)]:
        x = s.node(ops.Clip(ops.Clamp(low, high)), x)
    graph = s.graph(x)
    fused = fuse_clamp(graph)
    assert_same_function(graph, fused)
    assert kinds(fused) == ["Tanh", "Clip"]
    assert fused.nodes[1].op.clamp == ops.Clamp(-0.1, 0.2)


def test_nothing_fuses_when_someone_else_sees_the_producer():
    s = Sketch()
    x = s.node(ops.Add(), s.input(4), s.input(4))
    graph = s.graph(s.relu(x), x)
    assert fuse_clamp(graph) is graph
    s = Sketch()
    x = s.node(ops.Add(), s.input(4), s.input(4))
    graph = s.graph(s.node(ops.Mul(), s.node(RELU, x), x))
    assert fuse_clamp(graph) is graph
