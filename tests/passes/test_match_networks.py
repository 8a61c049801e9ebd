"""Layers of one network are found again in another, whatever they are called there."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.lower.networks import conv, floats, network
from tinyml_studio.formats.reader import read_model
from tinyml_studio.ir.build import build_graph
from tinyml_studio.ir.graph import Node, Port
from tinyml_studio.ir.ops import NO_CLAMP, Add, AveragePool, Clamp, Clip, Dense, Mean, Reshape
from tinyml_studio.passes.match_networks import match_networks
from tinyml_studio.passes.prepare import prepare

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
RELU = Clamp(low=0.0)


def block(*, clamp=RELU, pool=None):
    """A residual block: two branches of one shape, their sum, a mean and a dense layer."""
    a, b = conv(8, (1, 1), 3, clamp=clamp), conv(8, (1, 1), 3, clamp=clamp)
    nodes = [
        ("a", a, ("x0",), ("ta",)),
        ("b", b, ("x0",), ("tb",)),
        ("sum", Add(), ("ta", "tb"), ("ts",)),
        ("mean", pool or Mean((0, 1), keepdims=False), ("ts",), ("tm",)),
    ]
    last = "tm"
    if pool is not None:
        nodes.append(("flat", Reshape((8,)), ("tm",), ("tf",)))
        last = "tf"
    nodes.append(("out", Dense(floats(4, 8), floats(4)), (last,), ("y",)))
    return network(nodes, [(5, 4, 3)]).graph


def renamed(graph, *, noise=0.01):
    """The same network under other names, its weights a little different, as quantized ones are."""
    draw = np.random.default_rng(2)
    tensor = {port.tensor: f"in_{i}" for i, port in enumerate(graph.inputs)}
    made = []
    for index, node in enumerate(graph.nodes):
        tensor |= {name: f"t_{index}_{k}" for k, name in enumerate(node.outputs)}
        op = node.op
        if hasattr(op, "weight"):
            op = replace(op, weight=op.weight + noise * draw.normal(size=op.weight.shape))
            op = replace(op, weight=op.weight.astype(np.float32))
        made.append(
            Node(
                f"n{index}",
                op,
                tuple(tensor[name] for name in node.inputs),
                tuple(tensor[name] for name in node.outputs),
            )
        )
    ports = [replace(port, tensor=tensor[port.tensor]) for port in graph.inputs]
    outs = [replace(port, tensor=tensor[port.tensor]) for port in graph.outputs]
    built = build_graph(name="other", inputs=ports, outputs=outs, nodes=made, constants={})
    return built, tensor


def test_other_names_are_found_by_structure_and_weights():
    graph = block()
    other, names = renamed(graph)
    found = match_networks(graph, other)
    assert dict(found.tensors) == names
    assert found.unmatched == found.unused == ()


def test_weights_of_another_training_are_named():
    graph = block()
    near, _ = renamed(graph, noise=0.1)
    assert match_networks(graph, near).unlike == ()
    far, _ = renamed(graph, noise=30.0)
    assert set(match_networks(graph, far).unlike) == {"a", "b", "out"}


def test_branches_alike_are_told_apart_by_their_weights():
    graph = block()
    other, names = renamed(graph)
    swapped = replace_order(other)
    assert match_networks(graph, swapped).tensors["ta"] == names["ta"]


def replace_order(graph):
    """The same network with its first two nodes exchanged."""
    first, second, *rest = graph.nodes
    return build_graph(
        name="other",
        inputs=graph.inputs,
        outputs=graph.outputs,
        nodes=[second, first, *rest],
        constants={},
    )


def test_a_sum_matches_whatever_the_order_of_its_operands():
    graph = block()
    turned, _ = renamed(rebuilt_sum(graph))
    assert match_networks(graph, turned).unmatched == ()


def rebuilt_sum(graph):
    nodes = [
        replace(node, inputs=node.inputs[::-1]) if isinstance(node.op, Add) else node
        for node in graph.nodes
    ]
    return build_graph(
        name="turned", inputs=graph.inputs, outputs=graph.outputs, nodes=nodes, constants={}
    )


def test_a_pool_over_everything_is_a_mean_and_reshapes_are_looked_through():
    graph = block(pool=AveragePool(kernel=(5, 4), strides=(1, 1), pads=((0, 0), (0, 0))))
    means = {
        "mean": Mean((0, 1), keepdims=False),
        "flat": Reshape((8,)),
    }
    nodes = [replace(node, op=means.get(node.name, node.op)) for node in graph.nodes]
    other = build_graph(
        name="other", inputs=graph.inputs, outputs=graph.outputs, nodes=nodes, constants={}
    )
    found = match_networks(graph, other)
    assert found.unmatched == found.unused == ()
    assert found.tensors["tf"] in ("tm", "tf")


def apart(graph):
    """Every fused Relu as a node of its own."""
    nodes = []
    for node in graph.nodes:
        held = getattr(node.op, "clamp", NO_CLAMP)
        if not held:
            nodes.append(node)
            continue
        (name,) = node.outputs
        nodes.append(replace(node, op=replace(node.op, clamp=NO_CLAMP), outputs=(f"{name}/raw",)))
        nodes.append(Node(f"{node.name}/relu", Clip(held), (f"{name}/raw",), (name,)))
    return build_graph(
        name="apart", inputs=graph.inputs, outputs=graph.outputs, nodes=nodes, constants={}
    )


def test_a_relu_may_stand_alone_on_either_side():
    graph = block()
    loose = apart(graph)
    found = match_networks(graph, loose)
    assert found.unmatched == found.unused == ()
    assert found.tensors["ta"] == "ta"
    back = match_networks(loose, graph)
    assert set(back.unmatched) == {"a", "b"}  # before their Relu they are nowhere in the other
    assert back.tensors["ta"] == "ta"
    assert "ta/raw" not in back.tensors


def test_layers_of_one_side_only_are_named():
    graph = block()
    other, _ = renamed(graph)
    most = other.nodes[:-1]
    shorter = build_graph(
        name="shorter",
        inputs=other.inputs,
        outputs=[Port("y", most[-1].outputs[0], (8,), (0,))],
        nodes=most,
        constants={},
    )
    assert match_networks(graph, shorter).unmatched == ("out",)
    assert match_networks(shorter, graph).unused == ("out",)


def test_a_layer_behind_an_unknown_one_is_found_by_its_weights():
    graph = block()
    nodes = [
        replace(node, inputs=("ta", "ta")) if node.name == "sum" else node for node in graph.nodes
    ]
    other = build_graph(
        name="other", inputs=graph.inputs, outputs=graph.outputs, nodes=nodes, constants={}
    )
    other, names = renamed(other)
    found = match_networks(graph, other)
    assert found.unmatched == ("sum", "mean")
    assert found.tensors["y"] == names["y"]


def test_other_inputs_are_refused():
    small = network([("a", conv(8, (1, 1), 3), ("x0",), ("y",))], [(4, 4, 3)]).graph
    with pytest.raises(ValueError, match="inputs of shape"):
        match_networks(block(), small)


PAIRS = [
    ("ic/pretrainedResnet_quant.tflite", "ic/resnet8_float.onnx"),
    ("kws/kws_ref_model.tflite", "kws/kws_ref_float.onnx"),
    ("ic/onnx_ort_quant/ic_qop_u8u8_pt.onnx", "ic/resnet8_float.onnx"),
    ("ic/kai_resnet8_qdq_ppq.onnx", "ic/resnet8_float.onnx"),
    ("mnist/tinymaix_mnist_resnet_q.tflite", "mnist/tinymaix_mnist_resnet_f.tflite"),
]


@pytest.mark.parametrize(("quantized", "original"), PAIRS)
def test_real_models_match_their_originals(quantized, original):
    if not MODELS.exists():
        pytest.skip("the models are not here")
    models = [prepare(read_model(MODELS / name)) for name in (quantized, original)]
    found = match_networks(*models)
    assert found.unmatched == found.unused == ()
