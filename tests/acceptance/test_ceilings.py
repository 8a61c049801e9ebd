"""Instructions of networks that no kernel was made for: strides, dead channels, dense layers."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.acceptance.networks import Network
from tests.acceptance.test_varied_models import draw
from tests.bench.bench_firmware import counted
from tests.c.compilers import need
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.calibrate.statistics import collect
from tinyml_studio.formats.reader import read_model
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.program.instructions import DepthwiseConv2D
from tinyml_studio.program.measure import macs
from tinyml_studio.prune.prune import prune
from tinyml_studio.quantize.scheme import LayerScheme, Scheme
from tinyml_studio.verify.machines import MACHINES

STRIDES = (1, 2, 1, 2, 1)
DEAD = {8: 1, 16: 3, 32: 9}
"""Channels of zeros that a layer of so many has, so that no count of those left is a round one."""
CODE_BYTES = 10_000
CEILINGS = {
    ("strided", 8): {"cortex-m4": 4.6, "cortex-m3": 5.5, "cortex-m0plus": 12.3, "rv32imac": 7.4,
                     "cortex-m55": 2.9},
    ("strided", 4): {"cortex-m4": 5.2, "cortex-m0plus": 14.5},
    ("dense", 8): {"cortex-m4": 1.6, "cortex-m3": 2.25, "cortex-m0plus": 4.9, "rv32imac": 3.95,
                   "cortex-m55": 0.39},
    ("dense", 4): {"cortex-m4": 1.7, "cortex-m0plus": 7.1},
}  # fmt: skip
"""Instructions for each multiply-accumulate that is left, at -O2, by core."""


def strided(seed):
    """Separable layers with strides, many of whose channels give a constant."""
    net = Network(seed, 3, 32, 32)
    x = net.relu6(dead(net, net.x, 3, 8, 3, strides=[2, 2], pads=[0, 0, 1, 1]))
    channels = 8
    for stride in STRIDES:
        grown = min(channels * stride, 32)
        padding = [1, 1, 1, 1] if stride == 1 else [0, 0, 1, 1]
        x = net.conv(
            x, channels, channels, 3, 3, group=channels, strides=[stride] * 2, pads=padding
        )
        x = net.relu6(dead(net, net.relu6(x), channels, grown, 1))
        channels = grown
    return net.proto(net.head(x, channels, classes=2))


def dead(net, x, inputs, outputs, size, **attributes):
    """A convolution with some filters and biases of zeros."""
    weights = net.normal(outputs, inputs, size, size, spread=(2 / (inputs * size**2)) ** 0.5)
    bias = net.normal(outputs, spread=0.2)
    chosen = net.rng.permutation(outputs)[: DEAD[outputs]]
    weights[chosen], bias[chosen] = 0, 0
    return net.add("Conv", x, weights, bias, kernel_shape=[size, size], **attributes)


def dense(seed):
    """Dense layers through a narrow place."""
    net = Network(seed, 160)
    x, sizes = net.x, (160, 64, 64, 8, 64, 64, 160)
    for before, after in pairwise(sizes):
        x = net.dense(x, before, after)
        x = net.relu(x) if after != sizes[-1] else x
    return net.proto(x)


def is_depthwise(item):
    return isinstance(item, DepthwiseConv2D)


def integers(name, bits, folder):
    """A network, its samples, its integers, and what is left without constant channels."""
    file = folder / f"{name}.onnx"
    proto = {"strided": strided, "dense": dense}[name](3)
    file.write_bytes(proto.SerializeToString())
    graph = prepare(read_model(file))
    samples = Samples.of(list(draw(proto, 5).values()))
    scheme = Scheme(default=LayerScheme(weight_bits=bits))
    program = lower(graph, collect(graph, samples), scheme)
    return graph, samples, program, prune(program).program


def test_dead_channels_are_removed_and_leave_no_round_numbers(tmp_path):
    _, _, program, left = integers("strided", 8, tmp_path)
    counts = [item.weights.shape[-1] for item in left.instructions if is_depthwise(item)]
    before = [item.weights.shape[-1] for item in program.instructions if is_depthwise(item)]
    assert sum(counts) < sum(before)
    assert sum(count % 4 != 0 for count in counts) >= 3


@pytest.mark.parametrize(
    ("name", "bits", "core", "ceiling"),
    [(*key, core, ceiling) for key, held in CEILINGS.items() for core, ceiling in held.items()],
)
def test_instructions_stay_below_their_ceiling(name, bits, core, ceiling, tmp_path):
    machine = MACHINES[core]
    need(f"{machine.prefix}gcc", machine.emulator[0])
    graph, samples, _, program = integers(name, bits, tmp_path)
    run = counted(core, graph, program, samples)
    assert run.match
    assert run.instructions / sum(macs(program, item) for item in program.instructions) <= ceiling
    assert run.code_bytes <= CODE_BYTES
    assert run.stack_bytes <= 512
