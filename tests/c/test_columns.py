"""Images and windows of one column, which kernels have as one row, on every core."""

import numpy as np
import pytest

from tests.c.emulated import differing
from tests.c.merged import Merged, joined
from tests.lower.networks import conv, one_layer
from tests.reference.cases import Case
from tinyml_studio.program.program import Program

SAMPLES = 2
WIDTHS = ("w8a8", "w4a8", "w3a8", "w8a16", "w3a16", "w4a4")
LAYERS = {
    "convolution": ((8, (9, 1), 16), {}, (12, 1, 16)),
    "first": ((5, (5, 1), 1), {"strides": (2, 1)}, (21, 1, 1)),
    "dilated": ((4, (3, 1), 24), {"dilations": (2, 1)}, (11, 1, 24)),
    "depthwise": ((8, (9, 1), 8), {"groups": 8}, (20, 1, 8)),
    "depthwise in steps": ((12, (3, 1), 12), {"groups": 12, "strides": (3, 1)}, (17, 1, 12)),
    "grouped": ((4, (4, 1), 6), {"groups": 2}, (9, 1, 6)),
}


def sampled(program: Program) -> Case:
    rng = np.random.default_rng(0)
    made = {}
    for name in program.inputs:
        held = program.tensors[name]
        values = rng.integers(held.type.min, held.type.max + 1, (SAMPLES, *held.shape))
        made[name] = values.astype(held.type.carrier)
    return Case(program, made)


@pytest.fixture(scope="module")
def cases() -> Merged:
    found = []
    for name, (sizes, how, shape) in LAYERS.items():
        pads = ((sizes[1][0] // 2, (sizes[1][0] - 1) // 2), (0, 0))
        layer = one_layer(conv(*sizes, pads=pads, **how), shape)
        found += [(f"{name} {width}", sampled(layer.lower(width))) for width in WIDTHS]
    return joined(found)


@pytest.mark.parametrize("core", ["host", "cortex-m0plus", "cortex-m4", "cortex-m55", "rv32imac"])
def test_integers_are_those_of_the_plain_model(core, cases, tmp_path):
    assert not differing(core, cases.header(), cases, tmp_path, samples=SAMPLES)
