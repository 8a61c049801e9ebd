"""Networks drawn layer by layer, as the reader would make them."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.passes.sketch import Sketch, assert_same_function, kinds
from tinyml_studio.ir import ops
from tinyml_studio.ir.build import rebuild
from tinyml_studio.ir.graph import Node
from tinyml_studio.passes.prepare import prepare


def conv(s, x, draw):
    if min(s.shapes[x][1:]) < 3:
        return s.conv(x, draw(st.sampled_from([2, 3])), 1)
    return s.conv(x, draw(st.sampled_from([2, 3])), 3, pad=draw(st.sampled_from([0, 1])))


def depthwise(s, x, draw):
    del draw
    return s.conv(x, s.shapes[x][0], 3, groups=s.shapes[x][0])


def batch_norm(s, x, draw):
    del draw
    return s.batch_norm(x)


def activation(s, x, draw):
    return s.node(
        draw(st.sampled_from([ops.HardSwish(), ops.Tanh(), ops.Clip(ops.Clamp(-1, 1))])), x
    )


def relu(s, x, draw):
    del draw
    return s.relu(x)


def pool(s, x, draw):
    return s.max_pool(x) if min(s.shapes[x][1:]) >= 2 else x


def with_constant(s, x, draw):
    shape = draw(
        st.sampled_from([(), (s.shapes[x][0], *(1,) * (len(s.shapes[x]) - 1)), s.shapes[x]])
    )
    op = draw(st.sampled_from([ops.Add(), ops.Sub(), ops.Mul()]))
    operands = [x, s.constant(*shape)]
    return s.node(op, *(operands[::-1] if draw(st.booleans()) else operands))


def branch(s, x, draw):
    other = draw(st.sampled_from([conv, activation, depthwise, batch_norm]))(s, x, draw)
    if s.shapes[other] == s.shapes[x]:
        return s.node(draw(st.sampled_from([ops.Add(), ops.Mul(), ops.Concat(0)])), x, other)
    return other


def gate(s, x, draw):
    del draw
    return s.node(ops.Mul(), s.node(ops.Sigmoid(), s.global_pool(x)), x)


def pad(s, x, draw):
    pads = ((0, 0), *((1, draw(st.integers(0, 1))),) * (len(s.shapes[x]) - 1))
    return s.node(ops.Pad(pads, draw(st.sampled_from([0.0, 0.5]))), x)


def cut(s, x, draw):
    shape = s.shapes[x]
    step = draw(st.sampled_from([1, -1]))
    start = tuple(0 if step == 1 else size - 1 for size in shape)
    return s.node(ops.Slice(start, shape, (step,) * len(shape)), x)


def split(s, x, draw):
    if s.shapes[x][0] < 2:
        return x
    first, second = s.node(ops.Split(0, (1, s.shapes[x][0] - 1)), x)
    return second if draw(st.booleans()) else s.node(ops.Concat(0), second, first)


def fold_axis(s, x, draw):
    channels, *spatial = s.shapes[x]
    there = s.node(ops.Reshape((channels, 1, *spatial)), x)
    if draw(st.booleans()):
        there = s.relu(there)
    return s.node(ops.Reshape((channels, *spatial)), there)


STEPS = [
    *(conv, depthwise, batch_norm, activation, relu, pool, with_constant),
    *(branch, gate, pad, cut, split, fold_axis),
]


def head(s, x, draw):
    kind = draw(st.sampled_from(["none", "flatten", "pool", "softmax"]))
    if kind == "flatten":
        x = s.flatten(x)
        return s.dense(s.relu(x) if draw(st.booleans()) else x, 3)
    if kind == "pool":
        return s.node(ops.Mean(tuple(range(1, len(s.shapes[x]))), keepdims=False), x)
    return s.node(ops.Softmax(0), x) if kind == "softmax" else x


@st.composite
def networks(draw):
    s = Sketch(seed=draw(st.integers(0, 9)))
    tensors = [s.input(*draw(st.sampled_from([(2, 5, 4), (1, 4, 4), (3, 6), (1, 1, 5)])))]
    for step in draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=6)):
        tensors.append(step(s, tensors[-1], draw))
    outputs = [head(s, tensors[-1], draw)]
    if draw(st.booleans()):
        outputs.append(draw(st.sampled_from(tensors[1:])))
    return s.graph(*dict.fromkeys(outputs))


def behind_opaque(graph, shape):
    """The network with an operator in front that nobody knows."""
    opaque = ops.Opaque("Mystery", "", "not known", (shape,))
    nodes = [Node("mystery", opaque, ("x0",), ("made",))]
    for node in graph.nodes:
        inputs = tuple("made" if name == "x0" else name for name in node.inputs)
        nodes.append(replace(node, inputs=inputs))
    return rebuild(graph, nodes=nodes)


@settings(max_examples=60, deadline=None)
@given(networks(), st.booleans())
def test_networks_with_unknown_shapes_are_prepared_too(graph, known):
    opaque = behind_opaque(graph, graph.inputs[0].shape if known else None)
    prepared = prepare(opaque)
    assert [port.shape for port in prepared.outputs] == [port.shape for port in opaque.outputs]
    assert prepare(prepared) is prepared


@settings(max_examples=150, deadline=None)
@given(networks())
def test_prepare_keeps_the_function_and_leaves_no_transpose(graph):
    prepared = prepare(graph)
    assert_same_function(graph, prepared)
    assert "Transpose" not in kinds(prepared)
    assert prepare(prepared) is prepared
