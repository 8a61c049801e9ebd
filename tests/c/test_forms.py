"""The fast kernels with every way to make outputs of accumulators, on every kind of core."""

import re
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from tests.c.compilers import compile_c, implementation
from tests.c.emulated import differing
from tests.c.merged import Merged, joined, layer_name, without_scratch
from tests.reference import case_blocks, case_helium, draw
from tests.reference.cases import Case, by_powers_of_two, case_of, seeded_case
from tinyml_studio.arith.inttype import IntType
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit import header as emitted
from tinyml_studio.program import instructions as ops
from tinyml_studio.verify import cross
from tinyml_studio.verify.machines import MACHINES

pytestmark = pytest.mark.usefixtures("quick_to_compile")

ROUNDINGS = {
    "once": Rounding.HALF_UP,
    "floor": Rounding.FLOOR,
    "away": Rounding.HALF_AWAY,
    "shift": Rounding.HALF_UP,
    "shift floor": Rounding.FLOOR,
    "even": Rounding.HALF_EVEN,
    "float32": Rounding.FLOAT32,
}
POWERS_OF_TWO = ("shift", "shift floor", "even")
KINDS = {
    "conv2d": (case_blocks.conv2d, 12),
    "deep": (case_helium.conv2d, 6),
    "depthwise": (case_blocks.depthwise_conv2d, 8),
    "wide": (case_helium.depthwise_conv2d, 5),
    "dense": (case_blocks.fully_connected, 6),
    "add": (case_blocks.add, 6),
}
LARGE = {"large": (case_blocks.conv2d_large, 6)}
FLOAT32 = (ops.AddFloat32, ops.MulFloat32, ops.AveragePoolFloat32, ops.RequantizeFloat32)
SUFFIXES = ("once", "away", "shift", "even", "float32")
KERNELS = ("conv2d_patch_w8", "conv2d_gathered_w8", "depthwise_blocks_w8", "conv2d_mve_w8")
SAMPLES = 2
CORES = ("host", "cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m55", "rv32imafc")


def case(kind: str, form: str, seed: int) -> Case:
    rng = np.random.default_rng(seed)
    parts = (KINDS | LARGE)[kind][0](rng)
    if form in POWERS_OF_TWO:
        parts = by_powers_of_two(parts)
    return case_of(parts, rng, samples=SAMPLES, rounding=ROUNDINGS[form])


def raised(kind: str, seed: int, rounding: Rounding | None) -> Case:
    """Weights of 9 bits, as of a file whose weights are uint8 around a zero point."""
    rng = np.random.default_rng(seed)
    parts = (KINDS | LARGE)[kind][0](rng)
    weights = parts.instruction.weights.astype(np.int16) + int(rng.integers(-127, 129))
    item = replace(parts.instruction, weights=weights, weight_type=IntType(9))
    return case_of(replace(parts, instruction=item), rng, samples=SAMPLES, rounding=rounding)


def larger(kind: str, seed: int, rounding: Rounding | None) -> Case:
    """Factors from 1/2 on, whose shifts no other form has."""
    rng = np.random.default_rng(seed)
    parts = (KINDS | LARGE)[kind][0](rng)
    shift = parts.instruction.shift + int(rng.integers(0, 3)) - int(parts.instruction.shift.max())
    item = replace(parts.instruction, shift=shift)
    return case_of(replace(parts, instruction=item), rng, samples=SAMPLES, rounding=rounding)


def sparse(kind: str, seed: int, bits: int) -> Case:
    """Weights of 1 and 2 bits."""
    rng = np.random.default_rng(seed)
    parts = (KINDS | LARGE)[kind][0](rng)
    type_ = IntType(bits)
    weights = draw.weights(rng, parts.instruction.weights.shape, type_)
    item = replace(parts.instruction, weights=weights, weight_type=type_)
    return case_of(replace(parts, instruction=item), rng, samples=SAMPLES)


@pytest.fixture(scope="module")
def cases() -> Merged:
    drawn = [
        (f"{kind} {form} {seed}", case(kind, form, seed))
        for form in ROUNDINGS
        for kind, (_, count) in KINDS.items()
        for seed in range(count)
        if (kind, form) != ("add", "float32")
    ]
    steps = [
        (layer_name(kind, seed), seeded_case(seed, kind)) for kind in FLOAT32 for seed in range(6)
    ]
    nine_bits = [
        (f"{kind} raised {rounding} {seed}", raised(kind, seed, rounding))
        for kind, (_, count) in KINDS.items()
        for seed in range(count if kind != "add" else 0)
        for rounding in (None, Rounding.FLOAT32)
    ]
    others = [
        *(
            (f"{kind} larger {rounding} {seed}", larger(kind, seed, rounding))
            for kind, (_, count) in KINDS.items()
            for seed in range(count if kind != "add" else 0)
            for rounding in (None, Rounding.HALF_EVEN)
        ),
        *(
            (f"{kind} w{bits} {seed}", sparse(kind, seed, bits))
            for kind in ("deep", "wide")
            for bits in (1, 2)
            for seed in range(2 * KINDS[kind][1])
        ),
    ]
    return joined([*drawn, *steps, *nine_bits, *others])


@pytest.fixture(scope="module")
def header(cases) -> str:
    return cases.header()


def test_every_kernel_has_every_form(header):
    found = set(re.findall(r"^    net_(\w+)\(", header, re.MULTILINE))
    assert found >= {f"{kernel}_{suffix}" for kernel in KERNELS for suffix in SUFFIXES}
    assert found >= {f"add_narrow_{suffix}" for suffix in SUFFIXES[:-1]}
    raised = ("conv2d_gathered_w8", "fully_connected_blocks_w8", "depthwise_mve_w8")
    helium = ("conv2d_mve", "conv2d_patch_mve", "depthwise_mve")
    assert found >= {f"{kernel}_w{bits}" for kernel in helium for bits in (1, 2)}
    assert found >= {"conv2d_gathered_w8_left", "conv2d_gathered_w8_even_any", "conv2d_mve_w8_left"}
    assert found >= {f"{kernel}_raised" for kernel in (*raised, "fully_connected_mve_w8")}


@pytest.fixture(scope="module")
def windows() -> Merged:
    """Windows that are gathered as bytes, with weights of 9 bits and in every form."""
    nine_bits = [(f"raised {seed}", raised("large", seed, None)) for seed in range(6)]
    others = [(form, case("large", form, 7)) for form in ROUNDINGS]
    return joined([*nine_bits, *others])


@pytest.mark.parametrize("core", ["host", "cortex-m0plus", "cortex-m4", "rv32imafc"])
def test_windows_of_bytes_have_every_form(core, windows, tmp_path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emitted, "firmware_plan", without_scratch)
        header = windows.header()
    found = set(re.findall(r"^static void net_(conv2d_bytes\w+)\(", header, re.MULTILINE))
    assert found >= {f"conv2d_bytes_w8_{name}" for name in (*SUFFIXES, "raised")}
    assert not differing(core, header, windows, tmp_path, samples=SAMPLES)


@pytest.mark.parametrize("core", CORES)
def test_integers_are_those_of_the_plain_model(core, header, cases, tmp_path):
    assert not differing(core, header, cases, tmp_path, samples=SAMPLES)


def test_helium_without_floating_point_has_the_same_integers(header, cases, tmp_path, monkeypatch):
    flags = [flag.replace("cortex-m55", "cortex-m55+nofp") for flag in MACHINES["cortex-m55"].flags]
    machine = replace(MACHINES["cortex-m55"], flags=tuple(flags))
    monkeypatch.setattr(cross, "MACHINES", {"cortex-m55": machine})
    assert not differing("cortex-m55", header, cases, tmp_path, samples=SAMPLES)


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
def test_assembly_fits_the_registers_without_optimization(core, header, tmp_path):
    source = implementation(tmp_path, header)
    flags = [*MACHINES[core].flags, "-std=c99", "-O0"]
    compile_c(tmp_path, "arm-none-eabi-gcc", *flags, "-c", source, "-o", "net.o")
