"""Networks with channels that are planted to be constant or unread."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.lower.networks import conv, floats, network
from tinyml_studio.ir.ops import Clamp, Dense
from tinyml_studio.simulate.run import run

RELU = Clamp(low=0.0)
SAME = ((1, 1), (1, 1))


def dead(op, channels, bias):
    """The layer with channels whose weights are 0: each is its bias, whatever comes in."""
    weight, biases = op.weight.copy(), op.bias.copy()
    weight[list(channels)] = 0
    biases[list(channels)] = bias
    return replace(op, weight=weight, bias=biases)


def unread(op, channels):
    """The layer with weights of 0 for some of its input channels."""
    weight = op.weight.copy()
    weight[..., list(channels)] = 0
    return replace(op, weight=weight)


def dense(into, out):
    return Dense(weight=floats(out, into), bias=floats(out))


def chain(*ops, shape=(6, 5, 3)):
    """A network of one layer after the other, each named by its place."""
    names = [*(f"t{i}" for i in range(len(ops) - 1)), "y"]
    sources = ["x0", *names[:-1]]
    nodes = [
        (f"layer{i}", op, (source,), (name,))
        for i, (op, source, name) in enumerate(zip(ops, sources, names, strict=True))
    ]
    return network(nodes, [shape])


def samples(program, count=8, seed=3):
    """Integers over the whole range of every input, the extremes among them."""
    draw = np.random.default_rng(seed)
    found = []
    for name in program.inputs:
        held = program.tensors[name]
        values = draw.integers(held.type.min, held.type.max + 1, (count, *held.shape))
        values[0], values[1] = held.type.min, held.type.max
        found.append(values.astype(held.type.carrier))
    return tuple(found)


def outputs(program, given):
    """The program's outputs for these inputs."""
    values = run(program, given).values
    return [values[name] for name in program.outputs]


__all__ = [
    "RELU", "SAME", "chain", "conv", "dead", "dense", "floats", "network", "outputs", "samples",
    "unread",
]  # fmt: skip
