"""Writes graphs as the reader makes them: channels first, spatial operators between transposes."""

import numpy as np

from tests.passes.evaluator import outputs_of
from tinyml_studio.ir import ops
from tinyml_studio.ir.build import build_graph
from tinyml_studio.ir.graph import Node, Port
from tinyml_studio.ir.shapes import output_shapes

RELU = ops.Clip(ops.Clamp(low=0.0))


class Sketch:
    """A network that is written down layer by layer; tensors are strings."""

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)
        self.inputs, self.nodes, self.constants, self.shapes = [], [], {}, {}

    def input(self, *shape):
        tensor = f"x{len(self.inputs)}"
        self.inputs.append(Port(tensor, tensor, shape, tuple(range(len(shape)))))
        self.shapes[tensor] = shape
        return tensor

    def constant(self, *shape, value=None):
        tensor = f"c{len(self.constants)}"
        drawn = self.weights(*shape) if value is None else np.full(shape, value, np.float32)
        self.constants[tensor] = drawn
        self.shapes[tensor] = shape
        return tensor

    def weights(self, *shape):
        return self.rng.uniform(-1.0, 1.0, shape).astype(np.float32)

    def node(self, op, *inputs):
        """One operator; its output tensor, or a list of them."""
        made = output_shapes(op, tuple(self.shapes[tensor] for tensor in inputs))
        name = f"{op.kind.lower()}_{len(self.nodes)}"
        outputs = tuple(f"{name}:{index}" for index in range(len(made)))
        self.shapes.update(zip(outputs, made, strict=True))
        self.nodes.append(Node(name, op, inputs, outputs))
        return list(outputs) if isinstance(op, ops.Split) else outputs[0]

    def relu(self, x):
        return self.node(RELU, x)

    def channels_last(self, op, x):
        """A channels-last operator over a channels-first tensor."""
        spatial = range(1, len(self.shapes[x]))
        turned = self.node(ops.Transpose((*spatial, 0)), x)
        made = self.node(op, turned)
        return self.node(ops.Transpose((len(self.shapes[x]) - 1, *(a - 1 for a in spatial))), made)

    def conv(self, x, filters, size=3, *, pad=None, stride=1, groups=1):
        axes = len(self.shapes[x]) - 1
        pad = size // 2 if pad is None else pad
        weight = self.weights(filters, *(size,) * axes, self.shapes[x][0] // groups)
        op = ops.Conv(
            weight,
            self.weights(filters),
            (stride,) * axes,
            ((pad, pad),) * axes,
            (1,) * axes,
            groups,
        )
        return self.channels_last(op, x)

    def batch_norm(self, x):
        count = self.shapes[x][0]
        return self.channels_last(ops.ChannelAffine(self.weights(count), self.weights(count)), x)

    def max_pool(self, x, size=2):
        axes = len(self.shapes[x]) - 1
        return self.channels_last(ops.MaxPool((size,) * axes, (size,) * axes, ((0, 0),) * axes), x)

    def global_pool(self, x):
        return self.node(ops.Mean(tuple(range(1, len(self.shapes[x])))), x)

    def flatten(self, x):
        return self.node(ops.Reshape((int(np.prod(self.shapes[x])),)), x)

    def dense(self, x, units):
        return self.node(ops.Dense(self.weights(units, self.shapes[x][-1]), self.weights(units)), x)

    def graph(self, *outputs):
        ports = [
            Port(f"y{at}", tensor, self.shapes[tensor], tuple(range(len(self.shapes[tensor]))))
            for at, tensor in enumerate(outputs)
        ]
        return build_graph(
            name="sketch",
            inputs=self.inputs,
            outputs=ports,
            nodes=self.nodes,
            constants=self.constants,
        )


def kinds(graph):
    """The operators of a graph in order."""
    return [node.op.kind for node in graph.nodes]


def assert_same_function(graph, prepared, *, count=2, seed=1):
    """Both graphs have the same interface and give the same outputs, up to float32 rounding."""
    assert [(p.name, p.shape) for p in prepared.inputs] == [(p.name, p.shape) for p in graph.inputs]
    assert [(p.name, p.shape) for p in prepared.outputs] == [
        (p.name, p.shape) for p in graph.outputs
    ]
    rng = np.random.default_rng(seed)
    batch = [rng.normal(size=(count, *port.shape)) for port in graph.inputs]
    for want, got in zip(outputs_of(graph, batch), outputs_of(prepared, batch), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4 * (1 + np.abs(want).max()))
