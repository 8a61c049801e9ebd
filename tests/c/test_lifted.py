"""A chain of layers that each write over their input: with copies where there is no room below."""

import numpy as np
import pytest

from tests.c.emulated import differing
from tests.c.merged import Merged, header_of
from tinyml_studio.arith.inttype import INT8, IntType
from tinyml_studio.arith.profile import TFLM
from tinyml_studio.emit.firmware_plan import firmware_plan
from tinyml_studio.kernels.registry import run_instruction
from tinyml_studio.program.instructions import Conv2D, DepthwiseConv2D
from tinyml_studio.program.program import Program, QuantizedTensor

CORES = ("host", "cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m55", "rv32imac")
SHAPE = (25, 5, 16)
PAIRS = 3
SAMPLES = 2


def weighted(rng, shape, bits, channels):
    type_ = IntType(bits)
    return {
        "weights": rng.integers(type_.min, type_.max + 1, shape).astype(np.int8),
        "weight_type": type_, "bias": rng.integers(-500, 500, channels), "strides": (1, 1),
        "dilations": (1, 1), "multiplier": np.full(channels, 3 << 29, np.int32), "low": -128,
        "shift": np.full(channels, -bits, np.int32), "high": 127,
    }  # fmt: skip


def chain(bits: int, activations: int = 8) -> Program:
    """Depthwise and pointwise layers in turn, as in a network for keywords."""
    rng = np.random.default_rng(bits)
    channels, items, last = SHAPE[-1], [], "x"
    for number in range(PAIRS):
        depthwise, pointwise = f"d{number}", f"p{number}"
        held = weighted(rng, (3, 3, channels), bits, channels)
        items.append(DepthwiseConv2D(depthwise, (last,), depthwise, pads=((1, 1), (1, 1)), **held))
        held = weighted(rng, (channels, 1, 1, channels), bits, channels)
        pads = ((0, 0), (0, 0))
        items.append(Conv2D(pointwise, (depthwise,), pointwise, pads=pads, groups=1, **held))
        last = pointwise
    type_, zero = IntType(activations), 3 if activations == 8 else 0
    names = ("x", *(item.output for item in items))
    tensors = {name: QuantizedTensor(name, SHAPE, type_, 1 / 16, zero) for name in names}
    return Program("chain", TFLM, tensors, {}, ("x",), (last,), tuple(items))


@pytest.fixture(scope="module", params=[(8, 8), (4, 8), (8, 16)], ids=["w8a8", "w4a8", "w8a16"])
def cases(request) -> Merged:
    program = chain(*request.param)
    rng = np.random.default_rng(1)
    bound = 128 if program.tensors["x"].type == INT8 else 1000
    drawn = rng.integers(-bound, bound, (SAMPLES, *SHAPE))
    values = {"x": drawn.astype(program.tensors["x"].type.carrier)}
    for item in program.instructions:
        values[item.output] = run_instruction(program, item, values)
    return Merged(program, values)


def test_the_arena_has_little_more_than_one_tensor(cases):
    planned = firmware_plan(cases.program)
    one = cases.program.tensors["x"].nbytes
    assert planned.tensors.lower_bound == one
    assert one < planned.scratch.size <= 1.25 * one
    assert planned.tensors.copies


@pytest.mark.parametrize("core", CORES)
def test_the_integers_are_right_on_every_core(core, cases, tmp_path):
    header = header_of(cases.program, cases.values, "net", samples=SAMPLES)
    assert "net_lift(" in header
    assert not differing(core, header, cases, tmp_path, samples=SAMPLES)
