import numpy as np
import pytest

from tinyml_studio.ir import ops
from tinyml_studio.ir.build import build_graph
from tinyml_studio.ir.graph import Node, Port
from tinyml_studio.ir.measure import macs, parameters


def zeros(*shape):
    return np.zeros(shape, np.float32)


@pytest.mark.parametrize(
    ("op", "shape", "weights", "products"),
    [
        (
            ops.Conv(zeros(8, 3, 3, 2), zeros(8), (1, 1), ((1, 1),) * 2, (1, 1)),
            (5, 4, 2),
            152,
            2880,
        ),
        (ops.Conv(zeros(6, 5, 1), zeros(6), (1,), ((0, 0),), (1,), 3), (9, 3), 36, 150),
        (ops.ConvTranspose(zeros(6, 3, 2), zeros(6), (2,), ((1, 0),), (1,)), (4, 2), 42, 144),
        (ops.Dense(zeros(7, 4), zeros(7)), (3, 4), 35, 84),
        (ops.ChannelAffine(zeros(4), zeros(4)), (3, 4), 8, 12),
        (ops.Tanh(), (3, 4), 0, 0),
        (ops.Opaque("M", "", "", ((3,),), (("w", zeros(5, 2)),)), (3,), 10, 0),
        (ops.Opaque("M", "", "", (None,)), (3,), 0, 0),
    ],
)
def test_parameters_and_products(op, shape, weights, products):
    axes = tuple(range(len(shape)))
    graph = build_graph(
        name="net",
        inputs=[Port("x", "x", shape, axes)],
        outputs=[],
        nodes=[Node("layer", op, ("x",), ("y",))],
        constants={},
    )
    assert parameters(graph.nodes[0]) == weights
    assert macs(graph, graph.nodes[0]) == products
