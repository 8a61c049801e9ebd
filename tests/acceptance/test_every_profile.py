"""The bundled digits network in every arithmetic, byte for byte, at about the cost of `tflm`."""

from functools import cache

import pytest

from tests.c.compilers import need
from tinyml_studio.app.studio import Studio
from tinyml_studio.arith.profile import ARITHMETICS
from tinyml_studio.verify.machines import MACHINES
from tinyml_studio.verify.report import Run

# instructions by those of tflm on the same core; float32 costs a core without its instructions a
# function for every result, and Helium adds tensors value by value in it
CEILINGS = {
    **{("cortex-m4", name): 1.3 for name in ARITHMETICS if name not in ("tflm", "xnnpack")},
    ("cortex-m4", "xnnpack"): 1.6,  # its sums take the general kernel
    ("cortex-m55", "onnx"): 1.7,
    ("cortex-m55", "pow2"): 1.3,
    ("cortex-m0plus", "onnx"): 2.8,
}
# by those of w8a8 on the same core
HELIUM_WIDTHS = {"w4a8": 1.2, "w2a8": 1.5, "w1a8": 1.5}


@cache
def run(core: str, arithmetic: str = "tflm", bits: str = "w8a8") -> Run:
    """One inference on a core, which agrees with the simulator."""
    machine = MACHINES[core]
    need(f"{machine.prefix}gcc", machine.emulator[0])
    studio = Studio.open_example("digits")
    studio.set_arithmetic(arithmetic)
    studio.set_all(bits=bits)
    report = studio.verify(samples=1, target=core)
    assert report.match
    return report.runs[-1]


@pytest.mark.parametrize(("core", "arithmetic"), CEILINGS)
def test_every_arithmetic_takes_about_as_long_as_tflm(core, arithmetic):
    made = run(core, arithmetic)
    assert made.instructions <= CEILINGS[core, arithmetic] * run(core).instructions
    assert made.stack_bytes <= 512
    assert made.code_bytes <= (11_264 if core == "cortex-m0plus" else 10_000)


@pytest.mark.parametrize("bits", HELIUM_WIDTHS)
def test_weights_of_few_bits_take_about_as_long_as_those_of_8_with_helium(bits):
    made = run("cortex-m55", bits=bits)
    assert made.instructions <= HELIUM_WIDTHS[bits] * run("cortex-m55").instructions
    assert made.stack_bytes <= 512
