"""Weights of 1 to 7 bits in convolutions and dense layers, on every kind of core."""

import itertools
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
WITHOUT_SCRATCH = ("conv2d_rows", "conv2d_bytes")
ODD = (1, 3, 5, 10, 14, 19, 33)
"""Inputs of dense layers that are no whole blocks, with every rest of four and eight."""
KINDS = {
    "conv2d": (case_blocks.conv2d, 3),
    "deep": (partial(case_blocks.conv2d, depths=(16, 32, 48)), 3),
    "wide": (case_blocks.conv2d_large, 3),
    "pointwise": (case_blocks.pointwise, 2),
    "depthwise": (case_blocks.depthwise_conv2d, 2),
    "large": (case_blocks.depthwise_large, 2),
    "dense": (case_blocks.fully_connected, 2),
    "odd": (partial(case_blocks.fully_connected, depths=ODD), 3),
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


def brim(kind: str, bits: int, value: int) -> Case:
    """Sums as large as they can be in the halves of words, of which nothing but a carry is left.

    All values and weights are at one end; the bias takes the sum away, and the factor is all but 1.
    """
    drawn_parts = (KINDS[kind][0](np.random.default_rng(seed)) for seed in itertools.count(bits))
    parts = next(held for held in drawn_parts if held.instruction.weights[0].size % 16 == 0)
    item, type_ = parts.instruction, IntType(bits)
    weights = np.full(item.weights.shape, type_.max, np.int8)
    size = weights[0].size
    inputs = tuple(replace(x, type=IntType(8), zero_point=0) for x in parts.operands)
    count = len(weights)
    item = replace(
        item,
        weights=weights,
        weight_type=type_,
        bias=np.full(count, -value * type_.max * size, np.int64),
        multiplier=np.full(count, (1 << 31) - 1, np.int32),
        shift=np.zeros(count, np.int32),
        low=-128,
        high=127,
    )
    output = replace(parts.output, type=IntType(8), zero_point=0)
    parts = replace(parts, instruction=item, operands=inputs, output=output)
    drawn = case_of(parts, np.random.default_rng(bits), samples=SAMPLES)
    held = {key: np.full_like(array, value) for key, array in drawn.inputs.items()}
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
    brims = [
        (f"brim {kind} w{bits} {value}", brim(kind, bits, value))
        for kind in ("pointwise", "dense")
        for bits in WIDTHS
        for value in (-128, 127)
    ]
    return joined([*drawn, *ends, *forms, *brims])


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


def test_helium_has_kernels_for_every_width(cases):
    used = {item.instruction.layer: item for item in kernels_used(cases.program, helium=True)}
    for bits in WIDTHS:
        for kind in ("conv2d", "deep", "pointwise", "dense"):
            held = [used[f"{kind} w{bits} {seed}"] for seed in range(KINDS[kind][1])]
            assert any("_mve" in item.kernels[-1].instance for item in held), (kind, bits)


def test_every_kernel_has_every_width(header, request):
    kernels = KERNELS
    if "rows" in request.node.callspec.id:
        kernels = (*(set(KERNELS) - {"conv2d_gathered"}), *WITHOUT_SCRATCH)
    for kernel in kernels:
        widths = re.findall(rf"static void net_{kernel}_w(\d)", header)
        assert set(widths) >= set("1234567"), kernel


def test_inputs_behind_the_last_unit_have_the_same_kernel(cases):
    rests = set()
    for item in kernels_used(cases.program):
        kind, bits, *_ = item.instruction.layer.split()
        if kind == "odd":
            assert item.kernels[-1].instance.startswith(f"fully_connected_blocks_{bits}")
            rests.add((bits, item.instruction.weights.shape[1] % 8))
    assert {rest for _, rest in rests} == {1, 2, 3, 5, 6}
    assert {bits for bits, rest in rests if rest % 4} == {f"w{bits}" for bits in WIDTHS}


@pytest.mark.parametrize("core", CORES)
def test_integers_are_those_of_the_plain_model(core, header, cases, tmp_path):
    assert not differing(core, header, cases, tmp_path, samples=SAMPLES)
