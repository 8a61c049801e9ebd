"""A chip's figures put to what was counted."""

from dataclasses import replace

import pytest

from tinyml_studio.cost.cycles import CYCLES
from tinyml_studio.cost.estimate import Counted, estimate
from tinyml_studio.targets.library import find_target, targets
from tinyml_studio.targets.target import Target
from tinyml_studio.verify.machines import MACHINES

CHIP = Target(
    "chip", "Chip", "cortex-m4", clock_hz=100_000_000, flash_bytes=5000, ram_bytes=1500,
    run_current_ua_per_mhz=100.0, supply_volts=3.0,
)  # fmt: skip
COUNTED = Counted(4000, 1500, 2000, 1000, 8, 400, 1_000_000)


def test_time_and_energy_follow_from_clock_and_current():
    found = estimate(CHIP, COUNTED, ())
    cycles = CYCLES["cortex-m4"]
    # a million instructions at 100 MHz take 10 ms at one cycle each; 10 mA at 3 V are 30 mW
    assert found.latency_ms.low == pytest.approx(10 * cycles.low)
    assert found.latency_ms.high == pytest.approx(10 * cycles.high)
    assert found.energy_mj.typical == pytest.approx(0.030 * 10 * cycles.typical)
    assert "not measured" in found.notes[-1]


def test_a_current_may_be_given_whole():
    whole = replace(CHIP, run_current_ua_per_mhz=None, run_current_ma=10.0)
    assert estimate(whole, COUNTED, ()).energy_mj == estimate(CHIP, COUNTED, ()).energy_mj


def test_memory_is_compared_with_the_chip():
    found = estimate(CHIP, COUNTED, ())
    assert (found.ram_bytes, found.fits_ram, found.fits_flash) == (1408, True, True)
    tight = estimate(replace(CHIP, ram_bytes=1407, flash_bytes=3999), COUNTED, ())
    assert (tight.fits_ram, tight.fits_flash) == (False, False)


@pytest.mark.parametrize(
    ("target", "counted", "said"),
    [
        (find_target("cortex-m4"), COUNTED, ["core without a clock"]),
        (find_target("esp32-s3"), COUNTED, ["cycles that the core"]),
        (CHIP, replace(COUNTED, instructions=None, stack_bytes=None), []),
    ],
)
def test_what_is_not_known_stays_open_and_is_said(target, counted, said):
    found = estimate(target, counted, (), ("why",))
    assert found.latency_ms is None
    assert found.energy_mj is None
    assert found.notes[0] == "why"
    assert [part in note for part, note in zip(said, found.notes[1:], strict=True)] == [True] * len(
        said
    )
    assert (found.ram_bytes is None) == (counted.stack_bytes is None)


def test_every_chip_has_a_latency_and_an_energy_or_says_what_it_lacks():
    for target in targets():
        found = estimate(target, COUNTED, ())
        lacking = [note for note in found.notes if "not known" in note]
        complete = found.latency_ms is not None and found.energy_mj is not None
        assert complete != bool(lacking), target.name
        for span in (found.latency_ms, found.energy_mj):
            assert span is None or span.low < span.typical < span.high


def test_a_chip_without_a_current_says_so():
    found = estimate(replace(CHIP, run_current_ua_per_mhz=None), COUNTED, ())
    assert (found.latency_ms is None, found.energy_mj) == (False, None)
    assert "does not state its current" in found.notes[-1]


def test_uncertain_instructions_widen_the_spans():
    exact, rough = (estimate(CHIP, COUNTED, (), error=error) for error in (0.0, 0.1))
    assert rough.latency_ms.typical == exact.latency_ms.typical
    assert rough.latency_ms.low == pytest.approx(0.9 * exact.latency_ms.low)
    assert rough.energy_mj.high == pytest.approx(1.1 * exact.energy_mj.high)
    assert "within 10 %" in rough.notes[-1]


def test_every_emulated_core_has_a_span():
    assert set(MACHINES) == set(CYCLES)
    assert all(held.low <= held.typical <= held.high for held in CYCLES.values())
