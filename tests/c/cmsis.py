"""CMSIS-NN as a library for a core or for this computer, and headers that are linked with it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.c.compilers import compile_c, need
from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.program.program import Program
from tinyml_studio.verify.build import CHECKED, DRIVER, MODEL, Build, firmware, write_sources
from tinyml_studio.verify.compare import Outcome, compare
from tinyml_studio.verify.cross import emulator_command, missing_tools
from tinyml_studio.verify.machines import MACHINES
from tinyml_studio.verify.report import Run

FOLDERS = (
    "BasicMath", "Convolution", "FullyConnected", "NNSupport", "Pooling", "Reshape", "Softmax",
    "Transpose",
)  # fmt: skip


@dataclass(frozen=True)
class Cmsis:
    """CMSIS-NN compiled for a core; "host" is this computer."""

    core: str
    include: Path
    objects: tuple[Path, ...]


def checkout() -> Path:
    """The folder that the variable CMSIS_NN names; skips the test without one."""
    named = os.environ.get("CMSIS_NN")
    if not named:
        pytest.skip("CMSIS_NN does not name a checkout of github.com/ARM-software/CMSIS-NN")
    return Path(named)


def compiled(core: str, folder: Path) -> Cmsis:
    """The library without its functions on floats."""
    source = checkout()
    found = sorted(
        path
        for part in FOLDERS
        for path in (source / "Source" / f"{part}Functions").glob("*.c")
        if not any(word in path.name for word in ("_f16", "_f32", "_flt"))
    )
    include = source / "Include"
    flags = ["-std=c99", "-O2", "-w", "-ffunction-sections", f"-I{include}", "-c"]
    compile_c(folder, *_compiler(core), *flags, *found)
    return Cmsis(core, include, tuple(folder / path.with_suffix(".o").name for path in found))


def outcome(
    cmsis: Cmsis, header: str, program: Program, inputs: dict[str, IntArray], folder: Path
) -> Outcome:
    """What differs from the simulator on all inputs."""
    made = build(cmsis, header, program, folder)
    return compare(program, inputs, [made], timeout=120.0, tick=lambda: None)[0]


def build(cmsis: Cmsis, header: str, program: Program, folder: Path) -> Build:
    """The program that runs a header named ``net`` over a file of samples."""
    write_sources(program, "net", header, folder)
    sources = [MODEL, CHECKED, DRIVER]
    flags = ["-std=gnu99", "-O2", "-ffunction-sections", "-fdata-sections", f"-I{firmware()}"]
    linking = ["-Wl,--gc-sections"]
    command: tuple[str | Path, ...] = ("./model.elf",)
    if cmsis.core == "host":
        sources.append(str(firmware("harness_host.c")))
    else:
        machine = MACHINES[cmsis.core]
        sources += [str(firmware(name)) for name in (machine.source, "harness_semihosting.c")]
        flags += ["-fno-builtin"]
        linking += ["-nostartfiles", f"-L{firmware()}", "-T", machine.script]
        command = emulator_command(machine)
    words = [*flags, "-isystem", cmsis.include, *sources, *cmsis.objects, *linking]
    compile_c(folder, *_compiler(cmsis.core), *words, "-o", "model.elf")
    run = Run(cmsis.core, "gcc", None, None, 0, None)
    return Build(run, folder, command)


def _compiler(core: str) -> list[str]:
    if core == "host":
        need("gcc")
        return ["gcc"]
    missing = missing_tools(core)
    if missing:
        pytest.skip("; ".join(missing))
    machine = MACHINES[core]
    return [f"{machine.prefix}gcc", *machine.flags, machine.library]
