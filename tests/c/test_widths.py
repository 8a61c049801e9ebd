"""Weights of 1 to 7 bits in convolutions and dense layers, on every kind of core."""

import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from tests.c.emulated import differing
from tests.c.merged import Merged, joined, without_scratch
from tests.reference import case_blocks, draw
from tests.reference.cases import Case, by_powers_of_two, case_of
from tinyml_studio.arith.inttype import IntType
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit import header as emitted
from tinyml_studio.emit.used import kernels_used

pytestmark = pytest.mark.usefixtures("quick_to_compile")

WIDTHS = tuple(range(1, 8))
KERNELS = (*("conv2d_patch", "conv2d_gathered", "depthwise_blocks", "fully_connected_blocks"),)
KINDS = {
    "conv2d": (case_blocks.conv2d, 3),
    "deep": (partial(case_blocks.conv2d, depths=(16, 32, 48)), 3),
    "pointwise": (case_blocks.pointwise, 2),
    "depthwise": (case_blocks.depthwise_conv2d, 2),
    "large": (case_blocks.depthwise_large, 2),
    "dense": (case_blocks.fully_connected, 2),
}
FORMS = ("even", "float32")
SAMPLES = 2
CORES = ("host", "cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m55", "rv32imac")


def case(kind: str, bits: int, seed: int, *, ends: bool = False, form: str = "") -> Case:
    """Random weights of a width; with `ends` all weights and inputs at the ends of their types."""
    rng = np.random.default_rng((bits, seed, len(kind)))
    parts = KINDS[kind][0](rng)
    item, type_ = parts.instruction, IntType(bits)
    weights = draw.weights(rng, item.weights.shape, type_)
    if ends:
        weights = rng.choice([type_.min, type_.max], item.weights.shape).astype(weights.dtype)
    parts = replace(parts, instruction=replace(item, weights=weights, weight_type=type_))
    rounding = {"even": Rounding.HALF_EVEN, "float32": Rounding.FLOAT32}.get(form)
    if form == "even":
        parts = by_powers_of_two(parts)
    drawn = case_of(parts, rng, samples=SAMPLES, rounding=rounding)
    if not ends:
        return drawn
    types = {x.name: x.type for x in parts.operands}
    held = {
        name: rng.choice([types[name].min, types[name].max], values.shape).astype(values.dtype)
        for name, values in drawn.inputs.items()
    }
    return replace(drawn, inputs=held)


@pytest.fixture(scope="module")
def cases() -> Merged:
    drawn = [
        (f"{kind} w{bits} {seed}", case(kind, bits, seed))
        for kind, (_, count) in KINDS.items()
        for bits in WIDTHS
        for seed in range(count)
    ]
    ends = [
        (f"{kind} w{bits} ends {seed}", case(kind, bits, 50 + seed, ends=True))
        for kind in KINDS
        for bits in WIDTHS
        for seed in range(2)
    ]
    forms = [
        (f"{kind} w{bits} {form}", case(kind, bits, 90, form=form))
        for kind in KINDS
        for bits in (1, 3, 7)
        for form in FORMS
    ]
    return joined([*drawn, *ends, *forms])


@pytest.fixture(scope="module", params=["gathered", "rows"])
def header(request, cases) -> str:
    """All layers, with memory to gather windows or without; all in one form or not."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "rows":
            patch.setattr(emitted, "firmware_plan", without_scratch)
        return cases.header(shared=request.param == "gathered")


def test_large_windows_are_not_unpacked(cases):
    for item in kernels_used(cases.program):
        name, bits, *_ = item.instruction.layer.split()
        if name == "large":
            expected = (
                "depthwise_blocks_w8" if bits in ("w4", "w5", "w6", "w7") else "depthwise_conv2d"
            )
            assert item.kernels[-1].instance.startswith(expected)


def test_every_kernel_has_every_width(header, request):
    for kernel in KERNELS:
        held = kernel
        if "rows" in request.node.callspec.id:
            held = kernel.replace("gathered", "rows")
        widths = re.findall(rf"static void net_{held}_w(\d)", header)
        assert set(widths) >= set("1234567"), held


@pytest.mark.parametrize("core", CORES)
def test_integers_are_those_of_the_plain_model(core, header, cases, tmp_path):
    assert not differing(core, header, cases, tmp_path, samples=SAMPLES)
