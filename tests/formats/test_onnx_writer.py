"""ONNX Runtime computes from our ONNX what plain NumPy computes for each sample."""

from functools import singledispatch

import numpy as np
import pytest

from tests.formats import recurrent_floats
from tests.passes.evaluator import compute
from tinyml_studio.formats.onnx_writer import write_onnx
from tinyml_studio.formats.writer.registry import WRITERS
from tinyml_studio.ir import ops
from tinyml_studio.ir.build import build_graph
from tinyml_studio.ir.functions import FUNCTIONS
from tinyml_studio.ir.graph import Node, Port
from tinyml_studio.ir.shapes import output_shapes
from tinyml_studio.runtime.session import Session

RNG = np.random.default_rng(7)


def floats(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def conv(out, kernel, into, *, groups=1, strides=None, pads=None, dilations=None, clamp=None):
    axes = len(kernel)
    return ops.Conv(
        weight=floats(out, *kernel, into // groups),
        bias=floats(out),
        strides=strides or (1,) * axes,
        pads=pads or ((0, 0),) * axes,
        dilations=dilations or (1,) * axes,
        groups=groups,
        clamp=clamp or ops.NO_CLAMP,
    )


def conv_transpose(out, kernel, into, *, groups=1, strides, pads, dilations):
    shape = (out, *kernel, into // groups)
    return ops.ConvTranspose(floats(*shape), floats(out), strides, pads, dilations, groups)


RELU, RELU6 = ops.Clamp(low=0.0), ops.Clamp(0.0, 6.0)
IMAGE, SEQUENCE, VECTOR = (7, 6, 4), (9, 4), (4,)
PADS = ((1, 0), (1, 1))

# operator, shapes of its activations
CASES = [
    (conv(5, (3, 3), 4), [IMAGE]),
    (conv(5, (3, 2), 4, strides=(2, 1), pads=PADS, dilations=(1, 2), clamp=RELU), [IMAGE]),
    (conv(4, (3, 3), 4, groups=4, clamp=RELU6), [IMAGE]),
    (conv(8, (3, 3), 4, groups=2), [IMAGE]),
    (conv(5, (3,), 4, strides=(2,), pads=((2, 1),)), [SEQUENCE]),
    (
        conv_transpose(
            6, (3, 2), 4, groups=2, strides=(2, 3), pads=((1, -1), (0, 2)), dilations=(1, 2)
        ),
        [IMAGE],
    ),
    (conv_transpose(3, (4,), 4, strides=(2,), pads=((1, 1),), dilations=(1,)), [SEQUENCE]),
    (ops.Maximum(), [IMAGE, VECTOR]),
    (ops.Gather((None, (5, 0, 0), (3, 3))), [IMAGE]),
    *((ops.ResizeBilinear((9, 4), mode), [IMAGE]) for mode in ops.Coordinates),
    (ops.ResizeBilinear((14,), ops.Coordinates.HALF_PIXEL), [SEQUENCE]),
    (ops.PRelu(), [IMAGE, VECTOR]),
    (ops.Sum((0, 1)), [IMAGE]),
    (ops.Prod((2,)), [IMAGE]),
    (ops.Prod((0,), keepdims=False), [SEQUENCE]),
    (ops.ArgMax(1), [IMAGE]),
    (ops.LogSoftmax(), [IMAGE]),
    (ops.L2Normalization(), [IMAGE]),
    (ops.ArgMax(0, keepdims=True, smallest=True), [SEQUENCE]),
    (ops.Sum((1,), keepdims=False), [SEQUENCE]),
    (ops.Function("Selu", 1.6, 1.1), [IMAGE]),
    (ops.Minimum(), [SEQUENCE, SEQUENCE]),
    (ops.MatMul(), [(3, 5, 4), (3, 4, 6)]),
    (ops.MatMul(adj_x=True, adj_y=True), [(4, 5), (2, 6, 4)]),
    (ops.Dense(floats(3, 4), floats(3)), [VECTOR]),
    (ops.Dense(floats(3, 4), floats(3), RELU), [IMAGE]),
    (ops.ChannelAffine(floats(4), floats(4)), [IMAGE]),
    (ops.ChannelAffine(floats(4), floats(4), RELU), [VECTOR]),
    (ops.Clip(RELU), [IMAGE]),
    (ops.Clip(RELU6), [SEQUENCE]),
    (ops.Clip(ops.Clamp(high=0.5)), [VECTOR]),
    (ops.Clip(ops.NO_CLAMP), [IMAGE]),
    (ops.LeakyRelu(0.1), [IMAGE]),
    (ops.HardSwish(), [IMAGE]),
    (ops.HardSigmoid(0.3, 0.4), [IMAGE]),
    (ops.Sigmoid(), [SEQUENCE]),
    (ops.Tanh(), [IMAGE]),
    (ops.Softmax(2), [IMAGE]),
    (ops.Softmax(0), [IMAGE]),
    (ops.Softmax(0), [VECTOR]),
    (ops.Softmax(1, beta=0.4), [SEQUENCE]),
    (ops.Add(), [IMAGE, IMAGE]),
    (ops.Add(RELU), [IMAGE, VECTOR]),
    (ops.Sub(), [VECTOR, IMAGE]),
    (ops.Mul(), [IMAGE, (1, 1, 4)]),
    (ops.Mul(ops.Clamp(-1.0, 1.0)), [(7, 1, 1), (6, 4)]),
    (ops.Div(RELU), [IMAGE, VECTOR]),
    (ops.SquaredDifference(), [VECTOR, IMAGE]),
    (ops.MaxPool((2, 2), (2, 2), PADS), [IMAGE]),
    (ops.MaxPool((3,), (1,), ((1, 1),), RELU), [SEQUENCE]),
    (ops.AveragePool((3, 2), (1, 2), PADS), [IMAGE]),
    (ops.AveragePool((2,), (2,), ((0, 0),)), [SEQUENCE]),
    (ops.Mean((0, 1)), [IMAGE]),
    (ops.Mean((0, 1), keepdims=False), [IMAGE]),
    (ops.Mean((2,), keepdims=False), [IMAGE]),
    (ops.Mean((1,)), [IMAGE]),
    (ops.Mean((0,), keepdims=False), [VECTOR]),
    (ops.Reshape((42, 4)), [IMAGE]),
    (ops.Reshape((168,)), [IMAGE]),
    (ops.Transpose((2, 0, 1)), [IMAGE]),
    (ops.Transpose((1, 2, 0)), [IMAGE]),
    (ops.Transpose((1, 0, 2)), [IMAGE]),
    (ops.Transpose((1, 0)), [SEQUENCE]),
    (ops.Concat(2), [IMAGE, (7, 6, 3)]),
    (ops.Concat(0), [IMAGE, (2, 6, 4), IMAGE]),
    (ops.Split(2, (1, 3)), [IMAGE]),
    (ops.Split(0, (2, 4, 1)), [IMAGE]),
    (ops.Slice((1, 5, 0), (3, 3, 2), (2, -2, 3)), [IMAGE]),
    (ops.Slice((8, 3), (9, 2), (-1, -1)), [SEQUENCE]),
    (ops.Pad(((1, 2), (0, 0), (0, 3)), 1.5), [IMAGE]),
    (ops.Identity(), [IMAGE]),
    (ops.Requantize(), [IMAGE]),
    (ops.Lstm(floats(4, 5, 4), floats(4, 5, 5), floats(4, 5)), [SEQUENCE]),
    (ops.Gru(floats(3, 5, 4), floats(3, 5, 5), floats(3, 5), floats(3, 5), False), [SEQUENCE]),
    (ops.Gru(floats(3, 5, 4), floats(3, 5, 5), floats(3, 5), floats(3, 5), True), [SEQUENCE]),
    (ops.Svdf(floats(6, 4), floats(6, 3), floats(2), RELU), [VECTOR]),
    (ops.StreamBuffer(1, 3), [IMAGE]),
]


IDS = [f"{op.kind}-{shapes}" for op, shapes in CASES]
BINARY = [(op, shapes) for op, shapes in CASES if len(shapes) == 2]


def network(op, shapes, *, constants=(), behind_convolution=False):
    """`op` on inputs of its own, or on 1x1 convolutions of them, which lie channels first."""
    tensors = [f"k{i}" if i in constants else f"x{i}" for i in range(len(shapes))]
    held = {f"k{i}": floats(*shapes[i]) for i in constants}
    ports = [_port(f"x{i}", shape) for i, shape in enumerate(shapes) if i not in constants]
    nodes = []
    for port in ports:
        if behind_convolution and len(port.shape) > 1:
            first = conv(port.shape[-1], (1,) * (len(port.shape) - 1), port.shape[-1])
            nodes.append(Node(f"first {port.name}", first, (port.tensor,), (f"c{port.tensor}",)))
            tensors[tensors.index(port.tensor)] = f"c{port.tensor}"
    shapes = output_shapes(op, tuple(shapes))
    made = [_port(f"out{i}", shape) for i, shape in enumerate(shapes)]
    nodes.append(Node("layer", op, tuple(tensors), tuple(port.tensor for port in made)))
    return build_graph(name="n", inputs=ports, outputs=made, nodes=nodes, constants=held)


def _port(name, shape):
    return Port(name, name, shape, tuple(range(len(shape))))


def samples_of(graph, count):
    return [floats(count, *port.shape) for port in graph.inputs]


def expected_outputs(graph, batch):
    """Every output ``(N, ...)``, by plain NumPy, one sample at a time."""
    results = []
    for sample in zip(*batch, strict=True):
        values = dict(graph.constants)
        values.update((port.tensor, x) for port, x in zip(graph.inputs, sample, strict=True))
        for node in graph.nodes:
            made = evaluate(node.op, *(values[t].astype(np.float64) for t in node.inputs))
            made = made if isinstance(node.op, ops.Split) else [made]
            values.update(zip(node.outputs, made, strict=True))
        results.append([values[port.tensor] for port in graph.outputs])
    return [np.stack(column) for column in zip(*results, strict=True)]


def limited(y, clamp):
    return np.clip(y, clamp.low, clamp.high)


def windows(x, kernel, strides, pads, dilations, fill):
    """The window of every output position, ``(*spatial', *kernel, C)``."""
    x = np.pad(x, (*pads, (0, 0)), constant_values=fill)
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilations, strict=True)]
    sizes = [(n - r) // s + 1 for n, r, s in zip(x.shape, reach, strides, strict=False)]
    result = np.empty((*sizes, *kernel, x.shape[-1]))
    for position in np.ndindex(*sizes):
        cut = zip(position, strides, reach, dilations, strict=True)
        result[position] = x[tuple(slice(p * s, p * s + r, d) for p, s, r, d in cut)]
    return result


@singledispatch
def evaluate(op, x):
    raise AssertionError(op)


@evaluate.register
def _(op: ops.Conv, x):
    every = windows(x, op.kernel, op.strides, op.pads, op.dilations, 0.0)
    axes = tuple(range(-len(op.kernel) - 1, 0))
    outputs, width = op.weight.shape[0] // op.groups, op.weight.shape[-1]
    channels = []
    for o, weight in enumerate(op.weight):
        group = o // outputs
        part = every[..., group * width : (group + 1) * width]
        channels.append((part * weight).sum(axis=axes) + op.bias[o])
    return limited(np.stack(channels, axis=-1), op.clamp)


@evaluate.register
def _(op: ops.MaxPool | ops.AveragePool, x):
    every = windows(x, op.kernel, op.strides, op.pads, (1,) * len(op.kernel), np.nan)
    axes = tuple(range(-len(op.kernel) - 1, -1))
    reduce = np.nanmax if isinstance(op, ops.MaxPool) else np.nanmean
    return limited(reduce(every, axis=axes), op.clamp)


@evaluate.register
def _(op: ops.Dense, x):
    return limited(x @ op.weight.T + op.bias, op.clamp)


@evaluate.register
def _(op: ops.Lstm, x):
    return recurrent_floats.lstm(op, x)[0]


@evaluate.register
def _(op: ops.Gru, x):
    return recurrent_floats.gru(op, x)


@evaluate.register
def _(op: ops.Svdf, x):
    return recurrent_floats.svdf(op, x[None])[0]


@evaluate.register
def _(op: ops.StreamBuffer, x):
    pads = [(op.length if axis == op.axis else 0, 0) for axis in range(x.ndim)]
    return np.pad(x, pads)


@evaluate.register
def _(op: ops.ChannelAffine, x):
    return limited(x * op.scale + op.bias, op.clamp)


@evaluate.register
def _(op: ops.Clip, x):
    return limited(x, op.clamp)


@evaluate.register
def _(op: ops.LeakyRelu, x):
    return np.where(x > 0, x, op.alpha * x)


@evaluate.register
def _(op: ops.HardSwish, x):
    return x * np.clip(x / 6 + 0.5, 0, 1)


@evaluate.register
def _(op: ops.HardSigmoid, x):
    return np.clip(op.alpha * x + op.beta, 0, 1)


@evaluate.register
def _(op: ops.Sigmoid, x):
    return 1 / (1 + np.exp(-x))


@evaluate.register
def _(op: ops.Tanh, x):
    return np.tanh(x)


@evaluate.register
def _(op: ops.Softmax, x):
    powers = np.exp(op.beta * x)
    return powers / powers.sum(axis=op.axis, keepdims=True)


@evaluate.register
def _(op: ops.Add | ops.Sub | ops.Mul | ops.Div, x, y):
    names = {"Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide}
    return limited(names[op.kind](x, y), op.clamp)


@evaluate.register
def _(op: ops.Mean, x):
    return x.mean(axis=op.axes, keepdims=op.keepdims)


@evaluate.register
def _(op: ops.Reshape, x):
    return x.reshape(op.shape)


@evaluate.register
def _(op: ops.Transpose, x):
    return x.transpose(op.perm)


@evaluate.register
def _(op: ops.Concat, *xs):
    return np.concatenate(xs, axis=op.axis)


@evaluate.register
def _(op: ops.Split, x):
    return np.split(x, np.cumsum(op.sizes)[:-1], axis=op.axis)


@evaluate.register
def _(op: ops.Slice, x):
    for axis, (start, size, step) in enumerate(zip(op.starts, op.sizes, op.steps, strict=True)):
        x = x.take([start + step * i for i in range(size)], axis=axis)
    return x


@evaluate.register
def _(op: ops.Pad, x):
    return np.pad(x, op.pads, constant_values=op.value)


@evaluate.register
def _(op: ops.Identity | ops.Requantize, x):
    return x


for kind in (
    ops.ConvTranspose,
    ops.Maximum,
    ops.Minimum,
    ops.SquaredDifference,
    ops.MatMul,
    ops.PRelu,
    ops.Function,
    ops.Sum,
    ops.Prod,
    ops.ArgMax,
    ops.LogSoftmax,
    ops.L2Normalization,
    ops.Gather,
    ops.ResizeBilinear,
):
    evaluate.register(kind)(compute)


def check(graph, *, count=3):
    batch = samples_of(graph, count)
    expected = expected_outputs(graph, batch)
    for given, wanted in zip(Session(write_onnx(graph)).run(batch), expected, strict=True):
        assert given.dtype == np.float32
        np.testing.assert_allclose(given, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("behind_convolution", [False, True], ids=["plain", "behind_convolution"])
@pytest.mark.parametrize(("op", "shapes"), CASES, ids=IDS)
def test_an_operator_computes_what_its_definition_says(op, shapes, behind_convolution):
    check(network(op, shapes, behind_convolution=behind_convolution))


@pytest.mark.parametrize("behind_convolution", [False, True], ids=["plain", "behind_convolution"])
@pytest.mark.parametrize("constant", [0, 1])
@pytest.mark.parametrize(("op", "shapes"), BINARY, ids=[f"{op.kind}-{s}" for op, s in BINARY])
def test_a_constant_operand_aligns_with_every_sample(op, shapes, constant, behind_convolution):
    check(network(op, shapes, constants={constant}, behind_convolution=behind_convolution))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_computes_what_its_definition_says(name):
    positive = network(ops.Function("Softplus"), [IMAGE])
    node = Node("second", ops.Function(name, 0.7, 1.2), (positive.outputs[0].tensor,), ("z",))
    graph = build_graph(
        name="net",
        inputs=positive.inputs,
        outputs=[Port("z", "z", IMAGE, (0, 1, 2))],
        nodes=[*positive.nodes, node],
        constants={},
    )
    check(graph)


def test_the_cases_cover_every_operator_that_can_be_written():
    assert {type(op) for op, _ in CASES} == set(WRITERS)
    assert set(ops.Operator.__subclasses__()) - set(WRITERS) == {ops.Opaque}
