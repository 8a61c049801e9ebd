"""Functions that exporters write as several operators."""

import math

import pytest

from tests.passes.sketch import Sketch, assert_same_function, kinds
from tinyml_studio.ir import ops
from tinyml_studio.passes.prepare import prepare

RELU6 = ops.Clip(ops.Clamp(0.0, 6.0))


def scaled(s, x, factor, op=None):
    return s.node(op or ops.Mul(), x, s.constant(value=factor))


def silu(s, x):
    return s.node(ops.Mul(), x, s.node(ops.Sigmoid(), x))


def hard_swish(s, x):
    return s.node(ops.Mul(), s.node(ops.HardSigmoid(1 / 6, 0.5), x), x)


def relu6_gate(s, x):
    return s.node(RELU6, scaled(s, x, 3.0, ops.Add()))


def written_out(s, x):
    return s.node(ops.Mul(), x, scaled(s, relu6_gate(s, x), 1 / 6))


def divided_at_last(s, x):
    return scaled(s, s.node(ops.Mul(), x, relu6_gate(s, x)), 1 / 6)


def gate_alone(s, x):
    return scaled(s, relu6_gate(s, x), 1 / 6)


def mish(s, x):
    return s.node(ops.Mul(), x, s.node(ops.Tanh(), s.node(ops.Function("Softplus"), x)))


def erf_gate(s, x):
    erf = s.node(ops.Function("Erf"), scaled(s, x, math.sqrt(0.5)))
    return scaled(s, erf, 1.0, ops.Add())


def gelu(s, x):
    return scaled(s, s.node(ops.Mul(), x, erf_gate(s, x)), 0.5)


def gelu_with_half_of_x(s, x):
    return s.node(ops.Mul(), scaled(s, x, 0.5), erf_gate(s, x))


PATTERNS = {
    silu: "Silu",
    hard_swish: "HardSwish",
    written_out: "HardSwish",
    divided_at_last: "HardSwish",
    gate_alone: "HardSigmoid",
    mish: "Mish",
    gelu: "Gelu",
    gelu_with_half_of_x: "Gelu",
}


@pytest.mark.parametrize(("pattern", "want"), PATTERNS.items())
def test_patterns_become_one_layer(pattern, want):
    s = Sketch()
    graph = s.graph(pattern(s, s.node(ops.Tanh(), s.input(3, 4, 5))))
    done = prepare(graph)
    assert_same_function(graph, done)
    assert kinds(done) == ["Tanh", want]


@pytest.mark.parametrize(("pattern", "want"), PATTERNS.items())
def test_behind_a_convolution_of_channels_first(pattern, want):
    s = Sketch()
    graph = s.graph(s.conv(pattern(s, s.conv(s.input(3, 6, 5), 4)), 2))
    done = prepare(graph)
    assert_same_function(graph, done)
    assert kinds(done) == ["Conv", want, "Conv"]


def test_another_tensor_or_number_is_left_alone():
    s = Sketch()
    x, y = s.input(3, 4), s.input(3, 4)
    gated = s.node(ops.Mul(), x, s.node(ops.Sigmoid(), y))
    shifted = s.node(RELU6, scaled(s, x, 2.0, ops.Add()))
    graph = s.graph(gated, scaled(s, s.node(ops.Mul(), x, shifted), 1 / 6))
    done = prepare(graph)
    assert_same_function(graph, done)
    assert not {"Silu", "HardSwish", "HardSigmoid"} & set(kinds(done))
