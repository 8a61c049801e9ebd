"""Parts of a network compute what they compute within it."""

import numpy as np
import pytest

from tests.simulate import small_network
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.ir.cut import alone, behind

GRAPH = small_network.graph()
FLOATS = FloatRunner(GRAPH).run([small_network.values(3)])
OUTPUT = GRAPH.outputs[0].tensor
LAYERS = [port.name for port in GRAPH.inputs] + [node.name for node in GRAPH.nodes]


def run(part, tensors):
    return FloatRunner(part).run([FLOATS[port.tensor] for port in part.inputs], tensors)


@pytest.mark.parametrize("layer", LAYERS)
def test_what_is_behind_a_layer_ends_as_the_network(layer):
    part = behind(GRAPH, layer, OUTPUT)
    if layer == GRAPH.nodes[-1].name:
        assert part is None
        return
    assert layer not in part.by_name
    np.testing.assert_allclose(run(part, [OUTPUT])[OUTPUT], FLOATS[OUTPUT], atol=1e-6)


@pytest.mark.parametrize("node", GRAPH.nodes, ids=lambda node: node.name)
def test_a_layer_alone_computes_the_same(node):
    part = alone(GRAPH, node.name)
    assert [held.name for held in part.nodes] == [node.name]
    for name, values in run(part, node.outputs).items():
        np.testing.assert_allclose(values, FLOATS[name], atol=1e-6)


def test_what_does_not_depend_on_a_layer_is_not_behind_it():
    first = GRAPH.nodes[0]
    assert behind(GRAPH, GRAPH.nodes[-1].name, first.outputs[0]) is None
