"""Which layers take which bits, and who is named when one does not."""

import math

import numpy as np
import pytest

from tinyml_studio.errors import SchemeError
from tinyml_studio.ir import ops
from tinyml_studio.ir.build import build_graph
from tinyml_studio.ir.graph import Node, Port
from tinyml_studio.quantize.legality import (
    check_scheme,
    layer_names,
    matching_layers,
    settable_bits,
    with_bits,
)
from tinyml_studio.quantize.scheme import LayerScheme, Scheme


@pytest.fixture(scope="module")
def graph():
    """Conv, pool, reshape, dense, add, softmax and something unknown."""
    weight = np.ones((2, 3, 3, 1), np.float32)
    dense = ops.Dense(np.ones((4, 8), np.float32), np.zeros(4, np.float32))
    nodes = [
        Node(
            "conv[1]",
            ops.Conv(weight, np.zeros(2, np.float32), (1, 1), ((1, 1), (1, 1)), (1, 1)),
            ("x",),
            ("c",),
        ),
        Node("pool", ops.MaxPool((2, 2), (2, 2), ((0, 0), (0, 0))), ("c",), ("p",)),
        Node("flat", ops.Reshape((8,)), ("p",), ("f",)),
        Node("dense", dense, ("f",), ("d",)),
        Node("add", ops.Add(), ("d", "d"), ("a",)),
        Node("softmax", ops.Softmax(0), ("a",), ("s",)),
        Node("strange", ops.Opaque("Strange", "", "nobody knows it", ((4,),)), ("s",), ("o",)),
    ]
    return build_graph(
        name="net",
        inputs=[Port("image", "x", (4, 4, 1), (0, 1, 2))],
        outputs=[Port("out", "s", (4,), (0,))],
        nodes=nodes,
        constants={},
    )


@pytest.mark.parametrize(
    ("layer", "weights", "activations", "follows"),
    [
        ("conv[1]", True, True, None),
        ("pool", False, False, "conv[1]"),
        ("flat", False, False, "conv[1]"),
        ("dense", True, True, None),
        ("add", False, True, None),
        ("softmax", False, True, None),
        ("strange", False, False, None),
    ],
)
def test_settable_bits(graph, layer, weights, activations, follows):
    found = settable_bits(graph, graph.by_name[layer])
    assert (found.weights, found.activations, found.follows) == (weights, activations, follows)
    assert bool(found.reason) == (not (weights and activations))


def test_an_input_takes_activation_bits_only(graph):
    found = settable_bits(graph, graph.inputs[0])
    assert (found.weights, found.activations) == (False, True)


def test_inputs_come_before_the_nodes(graph):
    assert layer_names(graph)[:2] == ("image", "conv[1]")


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("dense", ("dense",)),
        ("conv[1]", ("conv[1]",)),
        ("*d*", ("dense", "add")),
        ("?lat", ("flat",)),
        ("image", ("image",)),
    ],
)
def test_matching_layers(graph, pattern, names):
    assert matching_layers(graph, pattern) == names


def test_an_unknown_name_offers_close_ones(graph):
    with pytest.raises(SchemeError, match=r"'densse'.*did you mean dense"):
        matching_layers(graph, "densse")
    with pytest.raises(SchemeError, match="matches"):
        matching_layers(graph, "zz*")


def test_with_bits_by_name(graph):
    scheme = with_bits(graph, Scheme(), "dense", "w4")
    assert scheme.of("dense").bits == "w4a8"
    assert scheme.of("conv[1]").bits == "w8a8"


def test_a_glob_gives_each_layer_what_it_takes(graph):
    scheme = with_bits(graph, Scheme(), "*", "w4a16")
    assert {name: choice.bits for name, choice in scheme.layers.items()} == {
        "image": "w8a16",
        "conv[1]": "w4a16",
        "dense": "w4a16",
        "add": "w8a16",
        "softmax": "w8a16",
    }


@pytest.mark.parametrize(
    ("pattern", "text", "reason"),
    [
        ("add", "w4", "'add' takes no weight bits.*has no weights"),
        ("add", "w4a4", "'add' takes no weight bits"),
        ("image", "w4a8", "'image' takes no weight bits"),
        ("pool", "a4", r"'pool' takes no activation bits.*set by conv\[1\]"),
        ("pool", "w4a4", "'pool' takes no weight bits and activation bits"),
        ("strange", "a8", "'strange' takes no activation bits.*nobody knows it"),
        ("s*", "w4", "matches 's\\*' takes weight bits"),
        ("dense", "w9", "1 to 8 bits"),
        ("dense", "8", "not a choice"),
        ("*", "a5", "4, 8 or 16"),
    ],
)
def test_refusals_name_the_layer(graph, pattern, text, reason):
    with pytest.raises(SchemeError, match=reason):
        with_bits(graph, Scheme(), pattern, text)


def test_check_scheme_accepts_what_fits(graph):
    check_scheme(graph, with_bits(graph, Scheme(), "*", "w2a4").with_range("c", (0.0, 2.0)))


@pytest.mark.parametrize(
    ("scheme", "reason"),
    [
        (Scheme(layers={"dens": LayerScheme(4)}), "'dens'.*did you mean dense"),
        (Scheme(layers={"strange": LayerScheme(4)}), "strange"),
        (Scheme(percentile=50.0), "percentile"),
        (Scheme(percentile=100.1), "percentile"),
        (Scheme(percentile=math.nan), "percentile"),
        (Scheme(ranges={"q": (0.0, 1.0)}), "No tensor"),
        (Scheme(ranges={"s": (0.0, 1.0)}), "'s'.*softmax.*fixed grid"),
        (Scheme(ranges={"p": (0.0, 1.0)}), r"'p'.*conv\[1\]"),
        (Scheme(ranges={"c": (1.0, -1.0)}), "'c'.*empty"),
    ],
)
def test_check_scheme_refuses_by_name(graph, scheme, reason):
    with pytest.raises(SchemeError, match=reason):
        check_scheme(graph, scheme)
