import numpy as np
import pytest

from tinyml_studio.errors import GraphError
from tinyml_studio.ir import ops
from tinyml_studio.ir.build import build_graph, rebuild
from tinyml_studio.ir.graph import Node, Port

X = Port("x", "x", (3, 8, 8), (1, 2, 0))
Y = Port("y", "y", (4, 8, 8), (1, 2, 0))


def conv(channels=3, **changes):
    fields = {
        "weight": np.zeros((4, 3, 3, channels), np.float32),
        "bias": np.zeros(4, np.float32),
        "strides": (1, 1),
        "pads": ((1, 1), (1, 1)),
        "dilations": (1, 1),
    }
    return ops.Conv(**{**fields, **changes})


def build(*nodes, inputs=(X,), outputs=(Y,), constants=None):
    return build_graph(
        name="net", inputs=inputs, outputs=outputs, nodes=nodes, constants=constants or {}
    )


def node(op, *inputs, name="layer", outputs=("y",)):
    return Node(name, op, inputs, outputs)


def test_shapes_are_those_of_the_graphs_layout():
    graph = build(node(conv(), "x"))
    assert graph.shapes == {"x": (8, 8, 3), "y": (8, 8, 4)}


def test_constants_are_read_only_and_unread_ones_are_left_out():
    values = {"c": np.ones(3, np.float32), "unread": np.ones(1, np.float32)}
    nodes = node(ops.Add(), "x", "c", outputs=("z",)), node(conv(), "z", name="conv")
    graph = build(*nodes, constants=values)
    assert set(graph.constants) == {"c"}
    with pytest.raises(ValueError, match="read-only"):
        graph.constants["c"][0] = 2


def test_rebuild_keeps_what_is_not_given():
    graph = build(node(conv(), "x"))
    again = rebuild(graph, outputs=[Port("z", "y", (8, 8, 4), (0, 1, 2))])
    assert again.nodes == graph.nodes
    assert again.outputs[0].name == "z"
    with pytest.raises(GraphError, match="weight of layer 'bad'"):
        rebuild(
            graph,
            nodes=[node(conv(weight=np.full((4, 3, 3, 3), np.nan, np.float32)), "x", name="bad")],
        )


NAN = np.full((4, 3, 3, 3), np.nan, np.float32)
INFINITE = np.array([np.inf], np.float32)
layer = node(conv(), "x")


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (lambda: build(node(conv(channels=2), "x")), ["'layer'", "'x'", "3 channels", "have 2"]),
        (lambda: build(node(conv(), "z")), ["'layer'", "'z'", "no earlier node"]),
        (lambda: build(layer, node(conv(), "x", name="b")), ["'b'", "'y'", "exists"]),
        (lambda: build(layer, node(conv(), "x", outputs=("z",))), ["two nodes", "'layer'"]),
        (lambda: build(node(conv(), "x", outputs=("y", "z"))), ["'layer'", "1 tensors, not 2"]),
        (lambda: build(node(conv(), "x", outputs=("",))), ["'layer'", "without a name"]),
        (lambda: build(node(conv(weight=NAN), "x")), ["'layer'", "weight", "nan", "(0, 0, 0, 0)"]),
        (lambda: build(node(conv(bias=np.zeros(4)), "x")), ["'layer'", "bias", "float64"]),
        (lambda: build(node(conv(bias=np.zeros(3, np.float32)), "x")), ["'layer'", "bias", "(3,)"]),
        (lambda: build(node(conv(groups=3), "x")), ["'layer'", "3 groups"]),
        (lambda: build(node(conv(strides=(0, 1)), "x")), ["'layer'", "stride 0"]),
        (lambda: build(node(conv(pads=((1, 1),)), "x")), ["'layer'", "1 pads for 2 axes"]),
        (lambda: build(node(conv(dilations=(9, 9)), "x")), ["'layer'", "window of 19"]),
        (lambda: build(node(conv(clamp=ops.Clamp(1, 0)), "x")), ["'layer'", "[1, 0]"]),
        (lambda: build(layer, outputs=[Port("o", "x", (9,), (0,))]), ["'o'", "(8, 8, 3)"]),
        (lambda: build(outputs=[Port("o", "q", (9,), (0,))]), ["'o'", "'q'"]),
        (lambda: build(inputs=[Port("x", "x", (3, 8), (0, 0))]), ["'x'", "(0, 0)"]),
        (lambda: build(inputs=[Port("x", "x", (3, 0), (0, 1))]), ["'x'", "at least one"]),
        (lambda: build(inputs=[Port("x", "x", (2**16, 2**16), (0, 1))]), ["'x'", "at most"]),
        (lambda: build(node(ops.LeakyRelu(float("nan")), "x")), ["'layer'", "alpha", "nan"]),
        (lambda: build(node(ops.Add(), "x")), ["'layer'", "2 operand(s), not 1"]),
        (
            lambda: build(node(ops.Add(), "x", "c"), constants={"c": np.ones(5, np.float32)}),
            ["'layer'", "'c'", "do not broadcast"],
        ),
        (
            lambda: build(node(ops.Add(), "x", "c"), constants={"c": INFINITE}),
            ["constant 'c'", "inf"],
        ),
    ],
)  # fmt: skip
def test_what_is_broken_is_named(broken, words):
    with pytest.raises(GraphError) as caught:
        broken()
    assert [word for word in words if word not in str(caught.value)] == []


def test_shapes_behind_an_unknown_operator_are_unknown():
    opaque = ops.Opaque("Mystery", "ai.example", "not known", (None, (7,)))
    graph = build(
        Node("m", opaque, ("x",), ("a", "b")),
        Node("relu", ops.Tanh(), ("a",), ("c",)),
        Node("split", ops.Split(0, (1, 2)), ("c",), ("d", "e")),
        Node("flat", ops.Reshape((5,)), ("d",), ("f",)),
        outputs=[Port("o", "f", (5,), (0,)), Port("p", "e", (9, 9), (0, 1))],
    )
    assert graph.shapes == {"x": (8, 8, 3), "b": (7,), "f": (5,)}
