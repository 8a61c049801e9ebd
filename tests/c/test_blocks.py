"""The kernels on blocks of four values, plain and with the DSP extension, on random layers."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.c.compilers import compile_c, implementation, need
from tests.c.merged import Merged, header_of, joined
from tests.reference import case_blocks
from tests.reference.cases import Case, case_of
from tinyml_studio.emit import header as emitted
from tinyml_studio.emit.checksum import layer_checksums
from tinyml_studio.emit.scratch import ScratchPlan
from tinyml_studio.verify.build import Build
from tinyml_studio.verify.cross import build_for, missing_tools
from tinyml_studio.verify.driver import INPUTS, RESULTS, record_type
from tinyml_studio.verify.host import build_host

KINDS = {
    "conv2d": case_blocks.conv2d,
    "depthwise": case_blocks.depthwise_conv2d,
    "add": case_blocks.add,
}
COUNTS = {"conv2d": 40, "depthwise": 32, "add": 8}
KERNELS = ("conv2d_patch", "conv2d_gathered", "depthwise_blocks", "add_narrow")
SAMPLES = 2
CORES = ("host", "cortex-m0plus", "cortex-m3", "cortex-m4", "rv32imac")


def case(kind: str, seed: int) -> Case:
    rng = np.random.default_rng(seed)
    return case_of(KINDS[kind](rng), rng, samples=SAMPLES)


@pytest.fixture(scope="module")
def cases() -> Merged:
    return joined(
        (f"{kind} {seed}", case(kind, seed)) for kind in KINDS for seed in range(COUNTS[kind])
    )


@pytest.fixture(scope="module", params=["gathered", "rows"])
def header(request, cases) -> str:
    """All layers, with memory to gather windows or without."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "rows":
            patch.setattr(emitted, "plan_scratch", lambda _, plan: ScratchPlan({}, plan.size))
        text = header_of(cases.program, cases.values, "net")
    for kernel in KERNELS:
        expected = kernel if request.param == "gathered" else kernel.replace("gathered", "rows")
        assert f"net_{expected}_w" in text or f"net_{expected}(" in text
    return text


def build(core: str, header: str, cases: Merged, folder: Path) -> Build:
    def tick() -> None:
        """Nobody watches."""

    if core == "host":
        need("gcc")
        return build_host(header, "net", cases.program, compiler="gcc", folder=folder, tick=tick)
    missing = missing_tools(core)
    if missing:
        pytest.skip("; ".join(missing))
    return build_for(core, header, "net", cases.program, folder=folder, tick=tick)


@pytest.mark.parametrize("core", CORES)
def test_integers_are_those_of_the_plain_model(core, header, cases, tmp_path):
    made = build(core, header, cases, tmp_path)
    inputs = b"".join(
        cases.values[name][i].tobytes() for i in range(SAMPLES) for name in cases.program.inputs
    )
    (tmp_path / INPUTS).write_bytes(inputs)
    subprocess.run(made.command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    expected = layer_checksums(cases.program, cases.values)
    results = np.frombuffer((tmp_path / RESULTS).read_bytes(), record_type(cases.program))
    wrong = (results["checksums"] != expected).any(axis=0)
    assert not [layer for layer, bad in zip(cases.program.by_layer, wrong, strict=True) if bad]


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


@pytest.mark.parametrize("flags", [["-std=c99", "-O0"], ["-x", "c++", "-std=c++17", "-O3"]])
@pytest.mark.parametrize("core", ["cortex-m0plus", "cortex-m3", "cortex-m4"])
def test_assembly_fits_the_registers_at_every_level(core, flags, header, tmp_path):
    source = implementation(tmp_path, header)
    flags = [f"-mcpu={core}", "-mthumb", *flags]
    compile_c(tmp_path, "arm-none-eabi-gcc", *flags, "-c", source, "-o", "net.o")
