"""Exactly the channels that say nothing go, and no output changes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.c.compilers import need
from tests.c.merged import info
from tests.lower import networks
from tests.prune.planted import (
    RELU,
    SAME,
    chain,
    conv,
    dead,
    dense,
    network,
    outputs,
    samples,
    unread,
)
from tinyml_studio.arith.profile import ARITHMETICS
from tinyml_studio.emit.header import c_header
from tinyml_studio.ir.measure import macs as graph_macs
from tinyml_studio.ir.ops import (
    Add,
    AveragePool,
    Concat,
    LeakyRelu,
    MaxPool,
    Mean,
    Mul,
    Pad,
    Reshape,
    Slice,
    Softmax,
    Tanh,
    Transpose,
)
from tinyml_studio.program.measure import total_macs
from tinyml_studio.prune.prune import prune
from tinyml_studio.verify.verify import verify

networks.RNG = np.random.default_rng(3)  # the same weights whatever was imported before
PADDED = {"pads": SAME}


def first(*channels, bias=-3.0, clamp=RELU):
    """A convolution of 3 to 8 channels, some of them dead."""
    return dead(conv(8, (3, 3), 3, clamp=clamp, **PADDED), channels, bias)


def pool(kind):
    return kind(kernel=(2, 2), strides=(2, 2), pads=((0, 0), (0, 0)))


def depthwise(into, multiplier=1, clamp=RELU):
    return conv(into * multiplier, (3, 3), into, groups=into, clamp=clamp, **PADDED)


def positive(op):
    """The layer with positive weights and biases: no Relu cuts off what is positive."""
    return replace(op, weight=np.abs(op.weight), bias=np.abs(op.bias))


REMOVED = {
    "padded reader of relu": (chain(first(1, 5), conv(4, (3, 3), 8, **PADDED)), {"layer0": 2}),
    "constant into the bias": (
        chain(first(2, bias=1.5), conv(4, (3, 3), 8), conv(2, (1, 1), 4)),
        {"layer0": 1},
    ),
    "constant at the edge stays": (chain(first(2, bias=1.5), conv(4, (3, 3), 8, **PADDED)), {}),
    "depthwise": (
        chain(first(0, 3), depthwise(8), conv(4, (1, 1), 8)),
        {"layer0": 2, "layer1": 2},
    ),
    "depthwise of constants at the edge stays": (
        chain(first(0, bias=1.5), positive(depthwise(8)), conv(4, (1, 1), 8)),
        {},
    ),
    "depthwise that is dead itself": (
        chain(first(), dead(depthwise(8), [4, 6], -1.0), conv(4, (3, 3), 8, **PADDED)),
        {"layer0": 2, "layer1": 2},
    ),
    "multiplier: both or none": (
        chain(first(0), dead(depthwise(8, 2), [6], -1.0), conv(4, (1, 1), 16)),
        {"layer0": 1, "layer1": 2},
    ),
    "max pool": (chain(first(7), pool(MaxPool), conv(4, (1, 1), 8)), {"layer0": 1, "layer1": 1}),
    "average pool of a constant": (
        chain(first(7, bias=2.0), pool(AveragePool), conv(4, (1, 1), 8)),
        {"layer0": 1, "layer1": 1},
    ),
    "mean and dense": (
        chain(first(1, 2, bias=0.7), Mean((0, 1), keepdims=False), dense(8, 4)),
        {"layer0": 2, "layer1": 2},
    ),
    "flattened": (
        chain(first(1, 2), Reshape((240,)), dense(240, 4)),
        {"layer0": 2, "layer1": 60},
    ),
    "functions": (
        chain(first(1), Tanh(), LeakyRelu(0.1), conv(4, (1, 1), 8)),
        {"layer0": 1, "layer1": 1, "layer2": 1},
    ),
    "nobody reads it": (chain(first(), unread(conv(4, (3, 3), 8), [3, 4])), {"layer0": 2}),
    "read by the dead alone": (
        chain(
            first(),
            dead(unread(conv(6, (1, 1), 8, clamp=RELU), []), range(6), -1.0),
            conv(4, (1, 1), 6),
        ),
        {"layer0": 7, "layer1": 5},
    ),
    "padding along channels stays": (
        chain(first(1), Pad(((0, 0), (0, 0), (0, 1))), conv(4, (1, 1), 9)),
        {},
    ),
    "padding in space": (
        chain(first(1), Pad(((1, 0), (0, 2), (0, 0))), conv(4, (1, 1), 8)),
        {"layer0": 1, "layer1": 1},
    ),
    "turned in space": (
        chain(first(1), Transpose((1, 0, 2)), conv(4, (1, 1), 8)),
        {"layer0": 1, "layer1": 1},
    ),
    "channels turned to the front stay": (
        chain(first(1), Transpose((2, 0, 1)), conv(4, (1, 1), 5)),
        {},
    ),
    "slice": (
        chain(first(1, 4, 7), Slice((0, 0, 2), (6, 5, 5), (1, 1, 1)), conv(4, (1, 1), 5)),
        {"layer0": 4, "layer1": 1},
    ),
    "softmax needs all": (chain(first(1), Softmax(2), conv(4, (1, 1), 8)), {}),
    "outputs stay": (chain(conv(4, (1, 1), 3), dead(conv(5, (1, 1), 4), [2], 1.0)), {}),
    "grouped stays": (chain(first(1), conv(4, (3, 3), 8, groups=2, **PADDED)), {}),
}  # fmt: skip


def removals(pruned):
    return {held.layer: held.removed for held in pruned.removals}


def joined(op, left, right):
    """Two convolutions of one input, joined by an operator and read by a third."""
    nodes = [
        ("left", left, ("x0",), ("a",)),
        ("right", right, ("x0",), ("b",)),
        ("join", op, ("a", "b"), ("c",)),
        ("last", conv(3, (1, 1), 16 if isinstance(op, Concat) else 8), ("c",), ("y",)),
    ]
    return network(nodes, [(6, 5, 3)])


REMOVED |= {
    "both operands of an addition": (
        joined(Add(), first(1, 2), first(2, 3)),
        {"left": 1, "right": 1, "join": 1},
    ),
    "product with zero": (
        joined(Mul(), first(1), first(2)),
        {"left": 2, "right": 2, "join": 2},
    ),
    "product with a constant": (joined(Mul(), first(1, bias=1.5), positive(first())), {}),
    "joined channels": (
        joined(Concat(2), first(1), first(2, 3)),
        {"left": 1, "right": 2, "join": 3},
    ),
}


@pytest.mark.parametrize("case", REMOVED)
@pytest.mark.parametrize("bits", ["w8a8", "w4a8", "w8a16", "w8a4"])
def test_what_goes_and_what_stays(case, bits):
    net, wanted = REMOVED[case]
    program = net.lower(bits)
    pruned = prune(program)
    assert removals(pruned) == wanted
    assert_same_outputs(program, pruned)


def assert_same_outputs(program, pruned):
    given = samples(program)
    for held, other in zip(outputs(program, given), outputs(pruned.program, given), strict=True):
        np.testing.assert_array_equal(held, other)
    assert pruned.macs_before == total_macs(program)
    assert pruned.macs == total_macs(pruned.program)
    saved = sum(getattr(item, "weights", np.zeros(0)).size for item in program.instructions)
    kept = sum(getattr(item, "weights", np.zeros(0)).size for item in pruned.program.instructions)
    assert (pruned.macs < pruned.macs_before) == (kept < saved) == bool(pruned.removals)


@pytest.mark.parametrize("arithmetic", ARITHMETICS.values(), ids=lambda held: held.name)
def test_under_every_arithmetic(arithmetic):
    net, wanted = REMOVED["constant into the bias"]
    program = net.lower(arithmetic=arithmetic)
    pruned = prune(program)
    assert_same_outputs(program, pruned)
    assert removals(pruned) == wanted


def test_a_channel_that_saturates_always_is_constant():
    op = first(clamp=RELU)
    op = replace(op, bias=np.where(np.arange(8) == 6, -1e4, op.bias).astype(np.float32))
    program = chain(op, conv(4, (3, 3), 8, **PADDED)).lower()
    pruned = prune(program)
    assert removals(pruned) == {"layer0": 1}
    assert_same_outputs(program, pruned)


def test_a_network_without_such_channels_is_the_same_object():
    program = chain(conv(8, (3, 3), 3), depthwise(8), conv(4, (1, 1), 8)).lower()
    pruned = prune(program)
    assert pruned.program is program
    assert pruned.removals == ()


def test_work_is_counted_as_for_the_float_network():
    net, _ = REMOVED["depthwise"]
    program = net.lower()
    assert total_macs(program) == sum(graph_macs(net.graph, node) for node in net.graph.nodes)


channel_sets = st.sets(st.integers(0, 7), max_size=8)


@settings(max_examples=60, deadline=None)
@given(
    dead_first=channel_sets,
    dead_depthwise=channel_sets,
    unread_last=channel_sets,
    bias=st.sampled_from([-2.0, 0.0, 0.4, 5.0]),
    clamped=st.booleans(),
    bits=st.sampled_from(["w8a8", "w2a8", "w8a16"]),
)
def test_any_set_of_planted_channels(dead_first, dead_depthwise, unread_last, bias, clamped, bits):
    clamp = {"clamp": RELU} if clamped else {}
    net = chain(
        dead(conv(8, (3, 3), 3, **PADDED, **clamp), dead_first, bias),
        dead(depthwise(8, **clamp), dead_depthwise, -bias),
        unread(conv(5, (3, 3), 8, strides=(2, 1), **PADDED), unread_last),
        conv(3, (2, 2), 5),
    )
    program = net.lower(bits)
    assert_same_outputs(program, prune(program))


@pytest.mark.parametrize("case", ["depthwise", "flattened", "joined channels", "functions"])
def test_the_header_of_what_remains_gives_the_same(case):
    need("gcc")
    net, _ = REMOVED[case]
    program = net.lower()
    slim = prune(program).program
    given = samples(program)
    report = verify(
        c_header(slim, info=info()), "net", slim, dict(zip(slim.inputs, given, strict=True))
    )
    assert report.match
