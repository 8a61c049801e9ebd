"""Small networks and their data."""

import numpy as np
import pytest

from tinyml_studio.ir import ops
from tinyml_studio.ir.build import build_graph
from tinyml_studio.ir.graph import Node, Port


@pytest.fixture
def identity_graph():
    """A network whose input has the given shape: `identity_graph((4, 4, 1))`."""

    def make(*shapes, perm=None):
        names = ["x"] if len(shapes) == 1 else [f"in{i}" for i in range(len(shapes))]
        inputs, outputs, nodes = [], [], []
        for name, shape in zip(names, shapes, strict=True):
            moves = perm or tuple(range(len(shape)))
            inputs.append(Port(name, f"{name} tensor", shape, moves))
            outputs.append(Port(f"{name} out", f"{name} out", shape, moves))
            nodes.append(
                Node(f"copy {name}", ops.Identity(), (f"{name} tensor",), (f"{name} out",))
            )
        return build_graph(name="n", inputs=inputs, outputs=outputs, nodes=nodes, constants={})

    return make


@pytest.fixture
def small_graph():
    """Input ``(2, 6, 6)``, channels first in the model: convolution, pool, dense, softmax."""
    rng = np.random.default_rng(5)

    def floats(*shape):
        return rng.normal(size=shape).astype(np.float32)

    conv = ops.Conv(
        floats(4, 3, 3, 2), floats(4), (1, 1), ((1, 1), (1, 1)), (1, 1), 1, ops.Clamp(low=0.0)
    )
    nodes = [
        Node("conv", conv, ("x",), ("a",)),
        Node("pool", ops.MaxPool((2, 2), (2, 2), ((0, 0), (0, 0))), ("a",), ("b",)),
        Node("flat", ops.Reshape((36,)), ("b",), ("c",)),
        Node("dense", ops.Dense(floats(3, 36), floats(3)), ("c",), ("d",)),
        Node("softmax", ops.Softmax(0), ("d",), ("e",)),
    ]
    return build_graph(
        name="small",
        inputs=[Port("image", "x", (2, 6, 6), (1, 2, 0))],
        outputs=[Port("scores", "e", (3,), (0,)), Port("map", "b", (4, 3, 3), (1, 2, 0))],
        nodes=nodes,
        constants={},
    )
