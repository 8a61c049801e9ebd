"""Every kernel in C against the plain Python model, on random cases, under the sanitizers."""

import subprocess

import numpy as np
import pytest

from tests.c.compilers import compile_c, need
from tests.c.merged import Merged, layer_name, merged
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit.checksum import layer_checksums
from tinyml_studio.program import instructions as ops
from tinyml_studio.program.instructions import INSTRUCTIONS, ROUNDED
from tinyml_studio.verify.build import CHECKED, DRIVER, MODEL, firmware, write_sources
from tinyml_studio.verify.driver import record_type

WEIGHTED = (ops.Conv2D, ops.DepthwiseConv2D, ops.FullyConnected)
ONE_STEP = [rounding for rounding in Rounding if rounding is not Rounding.DOUBLE]
ROUNDED_CASES = [
    (kind, seed, rounding)
    for kind in ROUNDED
    for seed in range(3 if kind in WEIGHTED else 2)
    for rounding in ONE_STEP
]
CASES = [(kind, seed) for kind in INSTRUCTIONS for seed in range(40 if kind in WEIGHTED else 10)]
BUILDS = {
    "sanitized": ["-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    "optimized": ["-O1", "-fstrict-aliasing"],
}
SAMPLES = 2


@pytest.fixture(scope="module")
def cases() -> Merged:
    return merged([*CASES, *ROUNDED_CASES])


@pytest.fixture(scope="module", params=BUILDS)
def differing(request, cases, tmp_path_factory) -> set[str]:
    """Names of the layers whose output is not that of the model."""
    need("gcc")
    folder = tmp_path_factory.mktemp("kernels")
    write_sources(cases.program, "net", cases.header(), folder)
    # the checksums are those of the checked model; the other one need only be there
    compile_c(folder, "gcc", "-std=c99", "-O0", "-c", MODEL)
    flags = ["-std=c99", f"-I{firmware()}", *BUILDS[request.param]]
    sources = [CHECKED, DRIVER, firmware("harness_host.c"), "model.o"]
    compile_c(folder, "gcc", *flags, *sources, "-o", "driver")
    inputs = b"".join(
        cases.values[name][i].tobytes() for i in range(SAMPLES) for name in cases.program.inputs
    )
    (folder / "inputs").write_bytes(inputs)
    done = subprocess.run(
        [folder / "driver", "inputs", "results"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    expected = layer_checksums(cases.program, cases.values)
    results = np.frombuffer((folder / "results").read_bytes(), record_type(cases.program))
    wrong = (results["checksums"] != expected).any(axis=0)
    return {layer for layer, bad in zip(cases.program.by_layer, wrong, strict=True) if bad}


@pytest.mark.parametrize("kind", INSTRUCTIONS)
def test_kernel_agrees_with_the_plain_model(kind, differing):
    assert not differing & {layer_name(*case) for case in CASES if case[0] is kind}


@pytest.mark.parametrize("rounding", ONE_STEP)
@pytest.mark.parametrize("kind", ROUNDED)
def test_kernel_agrees_under_every_rounding(kind, rounding, differing):
    asked = {case for case in ROUNDED_CASES if case[::2] == (kind, rounding)}
    assert not differing & {layer_name(*case) for case in asked}


@pytest.mark.parametrize("kind", WEIGHTED)
def test_cases_cover_all_widths(kind, cases):
    items = [item for item in cases.program.instructions if isinstance(item, kind)]
    tensors = cases.program.tensors
    assert {item.weight_type.bits for item in items} >= set(range(1, 10))
    carriers = {
        (tensors[item.inputs[0]].type.carrier, tensors[item.output].type.carrier) for item in items
    }
    assert len(carriers) == 4
