"""A verification as a report."""

import pytest

from tinyml_studio.app.targets import find_target
from tinyml_studio.cost.estimate import Counted, estimate
from tinyml_studio.gui.states.verification import verification_state
from tinyml_studio.verify.report import Run, VerifyReport

HOST = Run("host", "gcc 12.2", None, 9000, 3000, 400)
CORE = Run("cortex-m4", "arm-none-eabi-gcc 12.2", 17_001_800, 12_000, 3100, 468, match=False)
NAMES = {"net/conv": "conv"}


def test_agreement_names_every_build():
    report = VerifyReport(True, 16, 0, None, (HOST,), ("no emulator: install qemu-system-arm",))
    state = verification_state(report, None, NAMES, is_old=False)
    assert state.headline == "Every byte of 16 samples agrees with the simulator"
    assert state.rows[0].cells[:4] == ("this computer", "yes", "–", "9.00 kB")
    assert "qemu-system-arm" in state.notes[0]
    assert (state.agrees, state.differing, state.hint) == (True, "", "")


def test_a_difference_names_its_first_layer():
    report = VerifyReport(False, 1, 30, "net/conv", (HOST, CORE))
    state = verification_state(report, None, NAMES, is_old=True)
    assert "30 elements of 1 sample, first in conv" in state.headline
    assert state.differing == "net/conv"
    assert [row.agrees for row in state.rows] == [True, False]
    assert state.rows[1].cells[2] == "17.0 M"


@pytest.mark.parametrize("stack", [500, None])
def test_the_estimate_stands_below(stack):
    held = Counted(12_000, 3000, 7000, 3000, 100, stack, None)
    made = estimate(find_target("stm32f411re"), held, ())
    state = verification_state(VerifyReport(True, 1, 0, None, (HOST,)), made, NAMES, is_old=False)
    last = state.rows[-1]
    assert last.cells[0] == "estimate, stm32f411re"
    assert last.cells[4] == "3.10 kB"
    assert last.cells[5] == ("–" if stack is None else "500 B")
    assert last.agrees is None
