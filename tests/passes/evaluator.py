"""A plain NumPy evaluation of a graph in float64, sample by sample."""

from functools import singledispatch

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinyml_studio.ir import ops
from tinyml_studio.ir.functions import evaluate as evaluate_function


def outputs_of(graph, batch):
    """Model outputs, model layout, for one array ``(N, *port.shape)`` per input port."""
    turned = [port.to_graph(values) for port, values in zip(graph.inputs, batch, strict=True)]
    rows = []
    for sample in zip(*turned, strict=True):
        held = dict(zip((port.tensor for port in graph.inputs), sample, strict=True))
        values = evaluate(graph, held)
        rows.append([values[port.tensor] for port in graph.outputs])
    columns = [np.stack(column) for column in zip(*rows, strict=True)]
    return [port.to_model(values) for port, values in zip(graph.outputs, columns, strict=True)]


def evaluate(graph, inputs):
    """Every tensor of one sample, graph layout."""
    held = {name: np.asarray(value, np.float64) for name, value in inputs.items()}
    held.update({name: value.astype(np.float64) for name, value in graph.constants.items()})
    for node in graph.nodes:
        made = compute(node.op, *(held[tensor] for tensor in node.inputs))
        made = made if isinstance(made, list) else [made]
        for tensor, value in zip(node.outputs, made, strict=True):
            assert value.shape == graph.shapes[tensor], (node.name, tensor)
            held[tensor] = value
    return held


def clamped(op, values):
    return np.clip(values, op.clamp.low, op.clamp.high)


def windows(values, kernel, strides, pads, dilations, fill):
    """``(*counts, C, *kernel)``."""
    padded = np.pad(values, [*pads, (0, 0)], constant_values=fill)
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilations, strict=True)]
    axes = tuple(range(len(kernel)))
    view = sliding_window_view(padded, reach, axis=axes)
    view = view[tuple(slice(None, None, s) for s in strides)]
    return view[(..., *(slice(None, None, d) for d in dilations))]


@singledispatch
def compute(op, *values):
    raise NotImplementedError(op)


@compute.register
def _(op: ops.Conv, x):
    seen = windows(x, op.kernel, op.strides, op.pads, op.dilations, 0.0)
    rank = len(op.kernel)
    per = op.weight.shape[-1]
    size = op.weight.shape[0] // op.groups
    made = []
    for index, kernel in enumerate(op.weight):
        group = index // size
        part = np.moveaxis(seen, rank, -1)[..., group * per : (group + 1) * per]
        made.append((part * kernel).sum(axis=tuple(range(rank, 2 * rank + 1))))
    return clamped(op, np.stack(made, -1) + op.bias)


@compute.register
def _(op: ops.ConvTranspose, x):
    group = op.weight.shape[0] // op.groups
    per = op.weight.shape[-1]
    reach = [d * (k - 1) + 1 for k, d in zip(op.kernel, op.dilations, strict=True)]
    full = [(n - 1) * s + r for n, s, r in zip(x.shape[:-1], op.strides, reach, strict=True)]
    grown = [f + max(-after, 0) for f, (_, after) in zip(full, op.pads, strict=True)]
    made = np.zeros((*grown, op.weight.shape[0])) + op.bias
    for place in np.ndindex(*x.shape[:-1], *op.kernel):
        at, tap = place[: len(op.kernel)], place[len(op.kernel) :]
        target = [
            a * s + t * d for a, s, t, d in zip(at, op.strides, tap, op.dilations, strict=True)
        ]
        for o in range(op.weight.shape[0]):
            first = o // group * per
            made[(*target, o)] += x[at][first : first + per] @ op.weight[(o, *tap)]
    cut = tuple(slice(b, n - max(a, 0)) for n, (b, a) in zip(grown, op.pads, strict=True))
    return clamped(op, made[cut])


@compute.register
def _(op: ops.Dense, x):
    return clamped(op, x @ op.weight.T.astype(np.float64) + op.bias)


@compute.register
def _(op: ops.ChannelAffine, x):
    return clamped(op, x * op.scale + op.bias)


@compute.register(ops.MaxPool)
@compute.register(ops.AveragePool)
def _(op, x):
    ones = (1,) * len(op.kernel)
    last = tuple(range(-len(op.kernel), 0))
    if isinstance(op, ops.MaxPool):
        return clamped(op, windows(x, op.kernel, op.strides, op.pads, ones, -np.inf).max(last))
    return clamped(
        op, np.nanmean(windows(x, op.kernel, op.strides, op.pads, ones, np.nan), axis=last)
    )


@compute.register
def _(op: ops.Mean, x):
    return x.mean(axis=op.axes, keepdims=op.keepdims)


@compute.register
def _(op: ops.ArgMax, x):
    find = np.argmin if op.smallest else np.argmax
    return find(x, axis=op.axis, keepdims=op.keepdims).astype(float)


@compute.register
def _(op: ops.Sum, x):
    return x.sum(axis=op.axes, keepdims=op.keepdims)


@compute.register
def _(op: ops.Prod, x):
    return x.prod(axis=op.axes, keepdims=op.keepdims)


@compute.register
def _(op: ops.Function, x):
    return evaluate_function(op.name, x, alpha=op.alpha, gamma=op.gamma)


@compute.register
def _(op: ops.PRelu, x, slope):
    return np.where(x > 0, x, x * slope)


@compute.register
def _(op: ops.LogSoftmax, x):
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@compute.register
def _(op: ops.L2Normalization, x):
    return x / np.sqrt((x * x).sum(axis=-1, keepdims=True))


@compute.register
def _(op: ops.Softmax, x):
    power = np.exp(op.beta * (x - x.max(axis=op.axis, keepdims=True)))
    return power / power.sum(axis=op.axis, keepdims=True)


@compute.register
def _(op: ops.Add, a, b):
    return clamped(op, a + b)


@compute.register
def _(op: ops.Sub, a, b):
    return clamped(op, a - b)


@compute.register
def _(op: ops.Mul, a, b):
    return clamped(op, a * b)


@compute.register
def _(op: ops.Div, a, b):
    return clamped(op, a / b)


@compute.register
def _(op: ops.SquaredDifference, a, b):
    return (a - b) ** 2


@compute.register
def _(op: ops.Maximum, a, b):
    return np.maximum(a, b)


@compute.register
def _(op: ops.Minimum, a, b):
    return np.minimum(a, b)


@compute.register
def _(op: ops.MatMul, a, b):
    return (a.swapaxes(-1, -2) if op.adj_x else a) @ (b.swapaxes(-1, -2) if op.adj_y else b)


@compute.register
def _(op: ops.Clip, x):
    return clamped(op, x)


@compute.register
def _(op: ops.Sigmoid, x):
    return 1 / (1 + np.exp(-x))


@compute.register
def _(op: ops.Tanh, x):
    return np.tanh(x)


@compute.register
def _(op: ops.LeakyRelu, x):
    return np.where(x > 0, x, op.alpha * x)


@compute.register
def _(op: ops.HardSwish, x):
    return x * np.clip(x / 6 + 0.5, 0, 1)


@compute.register
def _(op: ops.HardSigmoid, x):
    return np.clip(op.alpha * x + op.beta, 0, 1)


@compute.register
def _(op: ops.Identity, x):
    return x


@compute.register
def _(op: ops.Reshape, x):
    return x.reshape(op.shape)


@compute.register
def _(op: ops.Transpose, x):
    return x.transpose(op.perm)


@compute.register
def _(op: ops.Concat, *values):
    return np.concatenate(values, axis=op.axis)


@compute.register
def _(op: ops.Split, x):
    return np.split(x, np.cumsum(op.sizes)[:-1], axis=op.axis)


@compute.register
def _(op: ops.Slice, x):
    for axis, (start, size, step) in enumerate(zip(op.starts, op.sizes, op.steps, strict=True)):
        x = np.take(x, start + step * np.arange(size), axis=axis)
    return x


@compute.register
def _(op: ops.Gather, x):
    for axis, taken in enumerate(op.indices):
        x = x if taken is None else x.take(taken, axis)
    return x


@compute.register
def _(op: ops.ResizeBilinear, x):
    for axis, count in enumerate(op.size):
        length, at = x.shape[axis], np.arange(count)
        if op.coordinates == "align_corners":
            place = at * ((length - 1) / max(count - 1, 1))
        else:
            half = 0.5 if op.coordinates == "half_pixel" else 0.0
            place = (at + half) * length / count - half
        place = np.clip(place, 0, length - 1)
        first = np.floor(place).astype(int)
        share = (place - first).reshape(-1, *(1,) * (x.ndim - axis - 1))
        second = np.minimum(first + 1, length - 1)
        x = x.take(first, axis) * (1 - share) + x.take(second, axis) * share
    return x


@compute.register
def _(op: ops.Pad, x):
    return np.pad(x, op.pads, constant_values=op.value)
