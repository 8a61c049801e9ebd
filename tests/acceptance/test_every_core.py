"""The bundled digits network at every kind of width, byte for byte on every emulated core."""

import pytest

from tests.c.compilers import need
from tinyml_studio.app.studio import Studio
from tinyml_studio.verify.machines import MACHINES

CORES = ("cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m55", "rv32imac")
WIDTHS = {
    "w8a8": "w8a8",
    "w4a8": "w4a8",
    "w2a8": "w2a8",
    "w1a8": "w1a8",
    "w8a16": "w8a16",
    "w4a4": "w4a4",
    "mixed": "",
}
MIXED = ("w8a8", "w4a8", "w3a16", "w2a8", "w5a4", "w1a8")


@pytest.fixture(scope="module", params=WIDTHS)
def studio(request):
    """The example at one width, or every layer at another."""
    opened = Studio.open_example("digits")
    if WIDTHS[request.param]:
        opened.set_all(bits=WIDTHS[request.param])
        return opened
    weighted = [row.name for row in opened.layers if row.weight_bits is not None]
    for layer, bits in zip(weighted, MIXED * len(weighted), strict=False):
        opened.set_bits(layer, bits)
    return opened


@pytest.mark.parametrize("core", CORES)
def test_the_chip_computes_the_same_integers(studio, core):
    machine = MACHINES[core]
    need(f"{machine.prefix}gcc", machine.emulator[0])
    report = studio.verify(samples=2, target=core)
    assert report.match
    assert [run.core for run in report.runs] == ["host", machine.core]
    assert report.runs[-1].stack_bytes <= 512
