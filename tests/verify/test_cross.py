"""The header on emulated cores: equal, counted exactly, and given up when it must be."""

import os
import time
from dataclasses import replace

import pytest

from tests.c.compilers import need
from tests.c.small import small_program
from tests.verify.network import in_invoke, small_header, small_inputs
from tinyml_studio.errors import Cancelled, ToolError
from tinyml_studio.targets.target import CORES
from tinyml_studio.verify import cross
from tinyml_studio.verify.compare import compare
from tinyml_studio.verify.cross import build_for, missing_tools, stand_in
from tinyml_studio.verify.machines import MACHINES
from tinyml_studio.verify.verify import Means, verify

LOOPS = {"arm": "1: subs %0, #1\\n\\tbne 1b", "riscv": "1: addi %0, %0, -1\\n\\tbnez %0, 1b"}


def loop(family, rounds):
    """Two instructions, so many times."""
    return f'uint32_t n = {rounds}u; __asm volatile("{LOOPS[family]}" : "+l"(n));'.replace(
        "+l", "+l" if family == "arm" else "+r"
    )


def need_core(core):
    machine = MACHINES[core]
    need(f"{machine.prefix}gcc", machine.emulator[0])


def run_on(core, header, folder, *, count=1, timeout=60.0, tick=lambda: None):
    need_core(core)
    folder.mkdir(exist_ok=True)
    program = small_program()
    build = build_for(core, header, "net", program, folder=folder, tick=tick)
    (outcome,) = compare(program, small_inputs(count), [build], timeout=timeout, tick=tick)
    return outcome.finish(build)


@pytest.mark.parametrize("core", [core for core in MACHINES if core != "cortex-m85"])
def test_the_header_agrees_on_every_core(core, tmp_path):
    run = run_on(core, small_header(), tmp_path, count=2)
    assert run.match
    assert run.core == core
    assert 5_000 < run.instructions < 100_000
    assert 1_000 < run.flash_bytes < 12_000
    assert run.ram_bytes == 84
    assert 50 < run.stack_bytes <= 512


@pytest.mark.parametrize("core", ["cortex-m4", "cortex-m55", "rv32imac"])
def test_what_each_layer_took_adds_up(core, tmp_path):
    run = run_on(core, small_header(), tmp_path, count=2)
    assert len(run.layers) == len(small_program().by_layer)
    # a tick of a board's timer is up to 50 instructions, and each lap reads it
    assert sum(run.layers) == pytest.approx(run.instructions, abs=100 * len(run.layers))
    assert max(run.layers) > 0.2 * run.instructions


@pytest.mark.parametrize("core", ["cortex-m33", "cortex-m55", "rv32imac"])
def test_a_loop_of_known_length_is_counted(core, tmp_path):
    family = "riscv" if core.startswith("rv") else "arm"
    plain = run_on(core, small_header(), tmp_path / "plain")
    longer = run_on(core, in_invoke(small_header(), loop(family, 1_000_000)), tmp_path / "longer")
    # a tick of a board's timer is up to 50 instructions
    assert abs(longer.instructions - plain.instructions - 2_000_000) <= 120


def test_a_count_beyond_the_timers_range_is_exact(tmp_path):
    rounds = 340_000_000
    run = run_on("cortex-m4", in_invoke(small_header(), loop("arm", rounds)), tmp_path)
    assert abs(run.instructions - 2 * rounds) < 30_000


@pytest.mark.parametrize("core", ["cortex-m0plus", "rv32imc"])
def test_the_deepest_stack_is_seen(core, tmp_path):
    deep = in_invoke(small_header(), "volatile uint8_t deep[3000]; deep[0] = 1; (void)deep[0];")
    assert 3_000 <= run_on(core, deep, tmp_path).stack_bytes < 3_600


def test_a_difference_on_one_core_only_is_told(tmp_path):
    need_core("cortex-m3")
    other = in_invoke(
        small_header(), "\n#if defined(__arm__)\n    memset(memory, 0, 60);\n#endif\n"
    )
    report = verify(other, "net", small_program(), small_inputs(3), means=Means(core="cortex-m3"))
    assert not report.match
    assert report.mismatched_elements > 0
    assert [(run.core, run.match) for run in report.runs] == [("host", True), ("cortex-m3", False)]


def test_a_fault_on_the_core_is_an_error(tmp_path):
    with pytest.raises(ToolError, match="qemu-system-arm failed with status 120"):
        run_on("cortex-m4", in_invoke(small_header(), "__builtin_trap();"), tmp_path)


def test_a_header_that_never_ends_is_given_up(tmp_path):
    with pytest.raises(ToolError, match="took longer than"):
        run_on("cortex-m4", in_invoke(small_header(), "for (;;) {}"), tmp_path, timeout=0.5)


def test_cancel_stops_the_emulator(tmp_path):
    end = time.monotonic() + 3

    def tick():
        if time.monotonic() > end:
            raise Cancelled

    with pytest.raises(Cancelled):
        run_on("cortex-m4", in_invoke(small_header(), "for (;;) {}"), tmp_path, tick=tick)
    assert time.monotonic() < end + 2
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_missing_tools_are_named_with_their_packages(monkeypatch):
    need("gcc")
    machine = MACHINES["cortex-m4"]
    absent = replace(machine, prefix="absent-", emulator=("absent-qemu", "-machine", "x"))
    packages = {"absent-gcc": "gcc-absent", "absent-qemu": "qemu-absent"}
    monkeypatch.setattr(cross, "MACHINES", {"cortex-m4": absent})
    monkeypatch.setattr(cross, "PACKAGES", packages)
    means = Means(core="cortex-m4")
    report = verify(small_header(), "net", small_program(), small_inputs(2), means=means)
    assert report.match
    assert [run.core for run in report.runs] == ["host"]
    first, second = report.notes
    assert "absent-gcc is not installed (Debian: gcc-absent)" in first
    assert "absent-qemu is not installed (Debian: qemu-absent)" in second


def test_every_core_is_emulated_or_said_not_to_be():
    for core in CORES:
        if core in MACHINES:
            assert stand_in(core) == () or "run as" in stand_in(core)[0]
        else:
            assert "no emulator" in missing_tools(core)[0]
    assert "run as cortex-m55" in stand_in("cortex-m85")[0]
