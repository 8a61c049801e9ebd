"""The kernels on blocks of four values, plain and with the DSP extension, on random layers."""

import subprocess
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from tests.c.compilers import compile_c, implementation
from tests.c.emulated import differing
from tests.c.merged import Merged, joined, without_scratch
from tests.reference import case_blocks
from tests.reference.cases import Case, case_of
from tinyml_studio.arith.inttype import IntType
from tinyml_studio.emit import header as emitted

KINDS = {
    "conv2d": case_blocks.conv2d,
    "large": case_blocks.conv2d_large,
    "depthwise": case_blocks.depthwise_conv2d,
    "overlapping": partial(case_blocks.depthwise_conv2d, widths=(6, 7, 9, 11, 13, 14, 15)),
    "dense": case_blocks.fully_connected,
    "add": case_blocks.add,
}
COUNTS = {"conv2d": 40, "large": 10, "depthwise": 32, "overlapping": 16, "dense": 16, "add": 8}
KERNELS = (
    *("conv2d_patch", "conv2d_gathered", "depthwise_blocks", "fully_connected_blocks"),
    "add_narrow",
)
SAMPLES = 2
CORES = ("host", "cortex-m0plus", "cortex-m3", "cortex-m4", "rv32imac")


def case(kind: str, seed: int) -> Case:
    rng = np.random.default_rng(seed)
    return case_of(KINDS[kind](rng), rng, samples=SAMPLES)


def long_rows(depth: int, value: int, bits: int) -> Case:
    """A dense layer with the longest sums: one value everywhere, weights at both ends."""
    rng = np.random.default_rng(depth)
    parts = case_blocks.long_rows(rng, depth, bits=bits)
    drawn = case_of(parts, rng, samples=SAMPLES)
    return replace(drawn, inputs={k: np.full_like(v, value) for k, v in drawn.inputs.items()})


def shifted_far(seed: int) -> Case:
    """A convolution with the largest right shift and accumulators near both ends."""
    rng = np.random.default_rng(seed)
    parts = case_blocks.conv2d(rng)
    item = parts.instruction
    channels = len(item.bias)
    ends = np.where(np.arange(channels) % 2 == seed % 2, 1, -1) * ((1 << 30) - (1 << 24))
    far = replace(
        item,
        weight_type=IntType(8),
        bias=ends,
        multiplier=np.full(channels, (1 << 31) - 1, np.int32),
        shift=np.full(channels, -23, np.int32),
    )
    return case_of(replace(parts, instruction=far), rng, samples=SAMPLES)


LONG = [
    (depth, value, bits)
    for depth in (252, 256, 1032)
    for value in (-128, 127)
    for bits in (2, 4, 7, 8)
]


@pytest.fixture(scope="module")
def cases() -> Merged:
    drawn = [(f"{kind} {seed}", case(kind, seed)) for kind in KINDS for seed in range(COUNTS[kind])]
    long = ((f"long {' '.join(map(str, row))}", long_rows(*row)) for row in LONG)
    far = ((f"far {seed}", shifted_far(seed)) for seed in range(8))
    return joined([*drawn, *long, *far])


@pytest.fixture(scope="module", params=["gathered", "rows"])
def header(request, cases) -> str:
    """All layers, with memory to gather windows or without."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "rows":
            patch.setattr(emitted, "firmware_plan", without_scratch)
        text = cases.header()
    kernels = KERNELS
    if request.param == "rows":
        kernels = (*(set(KERNELS) - {"conv2d_gathered"}), "conv2d_rows", "conv2d_bytes")
    for kernel in kernels:
        assert f"net_{kernel}_w" in text or f"net_{kernel}(" in text
    return text


@pytest.mark.parametrize("core", CORES)
def test_integers_are_those_of_the_plain_model(core, header, cases, tmp_path):
    assert not differing(core, header, cases, tmp_path, samples=SAMPLES)


def test_sanitizers_are_silent(header, tmp_path):
    source = implementation(tmp_path, header, "net", "SELF_TEST")
    (tmp_path / "main.c").write_text(
        '#define NET_SELF_TEST\n#include "net.h"\n'
        "static uint8_t arena[NET_ARENA_BYTES] NET_ALIGN;\n"
        "int main(void) { return net_self_test(arena); }\n"
    )
    flags = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    compile_c(tmp_path, "gcc", "-std=c99", *flags, "main.c", source, "-o", "program")
    assert subprocess.run([tmp_path / "program"], check=False).returncode == 0


@pytest.mark.parametrize(
    "flags", [["-std=c99", "-O0"], ["-std=gnu99", "-Os"], ["-x", "c++", "-std=c++17", "-O3"]]
)
@pytest.mark.parametrize("core", ["cortex-m0plus", "cortex-m3", "cortex-m4"])
def test_assembly_fits_the_registers_at_every_level(core, flags, header, tmp_path):
    source = implementation(tmp_path, header)
    flags = [f"-mcpu={core}", "-mthumb", *flags]
    compile_c(tmp_path, "arm-none-eabi-gcc", *flags, "-c", source, "-o", "net.o")
