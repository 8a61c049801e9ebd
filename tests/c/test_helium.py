"""The kernels for Helium on random layers, run on an emulated core, at several levels."""

import re
import subprocess

import numpy as np
import pytest

from tests.c.compilers import compile_c, implementation
from tests.c.merged import Merged, joined
from tests.reference import case_helium
from tests.reference.cases import Case, case_of
from tinyml_studio.emit.checksum import layer_checksums
from tinyml_studio.verify import cross
from tinyml_studio.verify.driver import INPUTS, RESULTS, record_type

CORE = "cortex-m55"
SAMPLES = 2
COUNTS = {
    "conv2d": 60,
    "depthwise_conv2d": 30,
    "fully_connected": 12,
    "add": 16,
    "average_pool2d": 8,
    "max_pool2d": 8,
}
KERNELS = {
    *("conv2d_mve_w4", "conv2d_mve_w8", "conv2d_patch_mve_w4", "conv2d_patch_mve_w8"),
    *(
        "conv2d_gathered_mve_w4",
        "conv2d_gathered_mve_w8",
        "depthwise_mve_w4",
        "depthwise_mve_w8",
        "fully_connected_mve",
    ),
    *("fully_connected_mve", "add_mve", "average_pool2d_mve_away", "max_pool2d_mve"),
}
M55 = ["arm-none-eabi-gcc", "-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard", "-std=c99"]


def case(kind: str, seed: int) -> Case:
    rng = np.random.default_rng(seed)
    return case_of(getattr(case_helium, kind)(rng), rng, samples=SAMPLES)


@pytest.fixture(scope="module")
def cases() -> Merged:
    return joined(
        (f"{kind} {seed}", case(kind, seed)) for kind in COUNTS for seed in range(COUNTS[kind])
    )


@pytest.fixture(scope="module")
def header(cases) -> str:
    return cases.header()


def test_every_kernel_has_cases(header):
    found = set(re.findall(r"^    net_(\w+_mve(?:_\w+)?)\(", header, re.MULTILINE))
    assert found == KERNELS


@pytest.mark.parametrize("level", ["-O1", "-O2", "-O3", "-Os"])
def test_integers_are_those_of_the_plain_model(level, header, cases, tmp_path, monkeypatch):
    missing = cross.missing_tools(CORE)
    if missing:
        pytest.skip("; ".join(missing))
    monkeypatch.setattr(cross, "_MODEL_FLAGS", ("-std=c99", level))
    made = cross.build_for(CORE, header, "net", cases.program, folder=tmp_path, tick=lambda: None)
    inputs = b"".join(
        cases.values[name][i].tobytes() for i in range(SAMPLES) for name in cases.program.inputs
    )
    (tmp_path / INPUTS).write_bytes(inputs)
    subprocess.run(made.command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    expected = layer_checksums(cases.program, cases.values)
    results = np.frombuffer((tmp_path / RESULTS).read_bytes(), record_type(cases.program))
    wrong = (results["checksums"] != expected).any(axis=0)
    assert not [layer for layer, bad in zip(cases.program.by_layer, wrong, strict=True) if bad]


@pytest.mark.parametrize("flags", [["-O0"], ["-O2", "-fno-omit-frame-pointer"]])
def test_assembly_fits_the_registers(flags, header, tmp_path):
    source = implementation(tmp_path, header)
    compile_c(tmp_path, *M55, *flags, "-c", source, "-o", "net.o")
