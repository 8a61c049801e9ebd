"""The kernels for Helium on random layers, run on an emulated core, at several levels."""

import re

import numpy as np
import pytest

from tests.c.compilers import compile_c, implementation
from tests.c.emulated import differing
from tests.c.merged import Merged, joined
from tests.reference import case_helium
from tests.reference.cases import Case, case_of
from tests.reference.parts import Parts
from tinyml_studio.arith.inttype import INT8
from tinyml_studio.program.instructions import FullyConnected
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.verify import cross

SAMPLES = 2
COUNTS = {
    "conv2d": 60,
    "depthwise_conv2d": 30,
    "fully_connected": 36,
    "add": 16,
    "average_pool2d": 8,
    "max_pool2d": 8,
}
KERNELS = {
    *("conv2d_mve_w4", "conv2d_mve_w8", "conv2d_patch_mve_w4", "conv2d_patch_mve_w8"),
    *("conv2d_few_mve_w4", "conv2d_few_mve_w8", "conv2d_pixels_mve_w4", "conv2d_pixels_mve_w8"),
    *(
        "conv2d_gathered_mve_w4",
        "conv2d_gathered_mve_w8",
        "depthwise_mve_w4",
        "depthwise_mve_w8",
    ),
    *(f"fully_connected_mve_w{bits}" for bits in (1, 2, 4, 8)),
    *("conv2d_gathered_mve_w1", "conv2d_patch_mve_w1"),  # dense, of odd numbers of inputs
    *("add_mve", "average_pool2d_mve_away", "max_pool2d_mve"),
}
M55 = ["arm-none-eabi-gcc", "-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard", "-std=c99"]


def rounding_edges() -> Case:
    """A dense layer whose accumulators are its biases: at ties, next to them, and at the ends."""
    rows = set()
    for right in range(1, 23):
        for mantissa in (1 << 30, (1 << 30) + 1, 3 << 29, (1 << 31) - 1):
            for half in (*range(-7, 8, 2), 255, -257):
                tie = round(half * 2.0 ** (right + 30) / mantissa)
                rows |= {(tie + step, mantissa, -right) for step in (-1, 0, 1)}
            rows |= {(end, mantissa, -right) for end in ((1 << 30) - 1, 1 - (1 << 30), 0, -1, 1)}
    bias, multiplier, shift = (np.array(part) for part in zip(*sorted(rows), strict=True))
    keep = np.abs(bias) < 1 << 30
    x = QuantizedTensor("x", (1, 1), INT8, 0.5, 0)
    y = QuantizedTensor("y", (1, int(keep.sum())), INT8, 0.5, 3)
    item = FullyConnected(
        "layer", ("x",), "y", weights=np.zeros((y.size, 1), np.int8), weight_type=INT8,
        bias=bias[keep].astype(np.int64), multiplier=multiplier[keep].astype(np.int32),
        shift=shift[keep].astype(np.int32), low=-128, high=127,
    )  # fmt: skip
    return case_of(Parts(item, (x,), y), np.random.default_rng(0), samples=SAMPLES)


def case(kind: str, seed: int) -> Case:
    rng = np.random.default_rng(seed)
    return case_of(getattr(case_helium, kind)(rng), rng, samples=SAMPLES)


@pytest.fixture(scope="module")
def cases() -> Merged:
    drawn = [
        (f"{kind} {seed}", case(kind, seed)) for kind in COUNTS for seed in range(COUNTS[kind])
    ]
    return joined([*drawn, ("rounding", rounding_edges())])


@pytest.fixture(scope="module")
def header(cases) -> str:
    return cases.header()


def test_every_kernel_has_cases(header):
    found = set(re.findall(r"^    net_(\w+_mve(?:_\w+)?)\(", header, re.MULTILINE))
    assert {re.sub("_left$|_any$", "", name) for name in found} == KERNELS


@pytest.mark.parametrize("level", ["-O1", "-O2", "-O3", "-Os"])
def test_integers_are_those_of_the_plain_model(level, header, cases, tmp_path, monkeypatch):
    monkeypatch.setattr(cross, "_MODEL_FLAGS", ("-std=c99", level))
    assert not differing("cortex-m55", header, cases, tmp_path, samples=SAMPLES)


@pytest.mark.parametrize("flags", [["-O0"], ["-O2", "-fno-omit-frame-pointer"]])
def test_assembly_fits_the_registers(flags, header, tmp_path):
    source = implementation(tmp_path, header)
    compile_c(tmp_path, *M55, *flags, "-c", source, "-o", "net.o")
