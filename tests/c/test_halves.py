"""The kernels for 16-bit inputs with 32-bit accumulators: plain, with the DSP extension, Helium."""

import re
import subprocess

import numpy as np
import pytest

from tests.c.compilers import compile_c, implementation
from tests.c.emulated import differing
from tests.c.merged import Merged, joined
from tests.lower.networks import conv, one_layer
from tests.reference import case_halves
from tests.reference.cases import Case, case_of
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit.calls.conv2d16 import conv2d16

SAMPLES = 2
COUNTS = {"conv2d": 80, "depthwise_conv2d": 64, "fully_connected": 16}
KERNELS = {
    *(f"conv2d16_s16_w{bits}" for bits in range(1, 9)),
    *(f"conv2d16_{output}_w8_mve" for output in ("s8", "s16")),
    *(f"depthwise16_s16_w{bits}" for bits in range(1, 9)),
    *(f"depthwise16_{output}_w8{helium}" for output in ("s8", "s16") for helium in ("", "_mve")),
}


def case(kind: str, seed: int) -> Case:
    rng = np.random.default_rng(seed)
    rounding = Rounding.HALF_UP if seed % 3 == 0 else None
    made = getattr(case_halves, kind)(rng)
    return case_of(made, rng, samples=SAMPLES, rounding=rounding)


@pytest.fixture(scope="module")
def cases() -> Merged:
    return joined(
        (f"{kind} {seed}", case(kind, seed)) for kind in COUNTS for seed in range(COUNTS[kind])
    )


@pytest.fixture(scope="module")
def header(cases) -> str:
    return cases.header()


def test_every_kernel_has_cases(header):
    found = set(re.findall(r"^    net_((?:conv2d|depthwise)16\w*)\(", header, re.MULTILINE))
    assert found >= KERNELS, KERNELS - found
    gathering = set(re.findall(r"conv2d16_patch_s\d+_(w\d)(?!\w)", " ".join(found)))
    assert gathering == {f"w{bits}" for bits in range(1, 9)}


@pytest.mark.parametrize(("bits", "stored"), [(1, 2), (3, 4), (4, 4), (6, 6), (7, 8)])
def test_odd_fours_of_channels_take_a_bit_more_instead_of_a_slow_kernel(bits, stored):
    layer = one_layer(conv(8, (3, 3), 12), (6, 6, 12)).lower(f"w{bits}a16")
    (item,) = layer.instructions
    call = conv2d16(item, layer)
    assert call is not None
    assert call.kernel == "tms_conv2d16"
    assert call.binding.weights is not None
    assert call.binding.weights.bits == stored


@pytest.mark.parametrize(
    "core", ["host", "cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m55", "rv32imac"]
)
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


@pytest.mark.parametrize("core", ["cortex-m4", "cortex-m55"])
@pytest.mark.parametrize("level", ["-O0", "-O3"])
def test_assembly_fits_the_registers_at_every_level(core, level, header, tmp_path):
    source = implementation(tmp_path, header)
    flags = [f"-mcpu={core}", "-mthumb", "-mfloat-abi=hard", "-std=c99", level]
    if core == "cortex-m4":
        flags.append("-mfpu=fpv4-sp-d16")
    compile_c(tmp_path, "arm-none-eabi-gcc", *flags, "-c", source, "-o", "net.o")
