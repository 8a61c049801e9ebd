"""The header compiled for a core and made ready to run in the emulator."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tinyml_studio.program.program import Program
from tinyml_studio.verify.build import (
    CHECKED,
    DRIVER,
    HARNESS_FLAGS,
    MODEL,
    Build,
    firmware,
    stated_bytes,
    write_sources,
)
from tinyml_studio.verify.compiler import Compiler, find_compiler
from tinyml_studio.verify.footprint import code_bytes, flash_bytes, static_bytes
from tinyml_studio.verify.machines import (
    MACHINES,
    ONE_INSTRUCTION_PER_NANOSECOND,
    PACKAGES,
    SEMIHOSTING,
    Machine,
)
from tinyml_studio.verify.process import run_tool
from tinyml_studio.verify.report import Run

_ELF = "model.elf"
_MODEL_FLAGS = ("-std=c99", "-O2", "-ffunction-sections", "-fdata-sections")
_HARNESS = ("harness_semihosting.c",)
_QUIET = ("-display", "none", "-serial", "none", "-monitor", "none")


def missing_tools(core: str) -> tuple[str, ...]:
    """Why a core cannot be emulated here: no machine, or tools that are not installed."""
    machine = MACHINES.get(core)
    if machine is None:
        return (f"{core}: there is no emulator for it; compared on this computer only",)
    tools = (f"{machine.prefix}gcc", machine.emulator[0])
    return tuple(
        f"{core}: {tool} is not installed (Debian: {PACKAGES[tool]}); not compared on this core"
        for tool in tools
        if shutil.which(tool) is None
    )


def stand_in(core: str) -> tuple[str, ...]:
    """A note when a core runs as another."""
    runs_as = MACHINES[core].core
    return () if runs_as == core else (f"{core}: compiled for and run as {runs_as}",)


def build_for(
    core: str,
    header: str,
    prefix: str,
    program: Program,
    *,
    folder: Path,
    tick: Callable[[], None],
) -> Build:
    """Compile, link and measure a header for a core of `MACHINES`.

    Raises
    ------
    ToolError
        If a tool fails.
    """
    machine = MACHINES[core]
    compiler = find_compiler(f"{machine.prefix}gcc", folder=folder, tick=tick)
    write_sources(program, prefix, header, folder)
    _compile(compiler, machine, folder, tick)
    size = run_tool([f"{machine.prefix}size", "-A", _ELF], folder=folder, timeout=30.0, tick=tick)
    run = Run(
        core=machine.core,
        compiler=compiler.version,
        instructions=None,
        flash_bytes=flash_bytes(size),
        ram_bytes=stated_bytes(header, prefix, "ARENA_BYTES") + static_bytes(size),
        stack_bytes=None,
        code_bytes=code_bytes(size),
        arena_bytes=stated_bytes(header, prefix, "ARENA_BYTES"),
        weight_bytes=stated_bytes(header, prefix, "WEIGHT_BYTES"),
    )
    return Build(run, folder, emulator_command(machine), machine.instructions_per_tick)


def emulator_command(machine: Machine) -> tuple[str, ...]:
    """How the emulator is called."""
    counting = (*SEMIHOSTING, *ONE_INSTRUCTION_PER_NANOSECOND)
    return (*machine.emulator, *_QUIET, *counting, "-kernel", _ELF)


def _compile(compiler: Compiler, machine: Machine, folder: Path, tick: Callable[[], None]) -> None:
    """All objects and the program."""
    bundled = [firmware(name) for name in (machine.source, *_HARNESS)]
    model_flags = [*machine.flags, *_MODEL_FLAGS, machine.library, "-c"]
    harness_flags = [*machine.flags, "-std=gnu99", *HARNESS_FLAGS, machine.library, "-c"]
    calls = [[*model_flags, source] for source in (MODEL, CHECKED)]
    harness = (DRIVER, *map(str, bundled))
    calls += [[*harness_flags, f"-I{firmware()}", source] for source in harness]
    compiler.compile_all(calls, folder=folder, tick=tick)
    names = (MODEL, CHECKED, DRIVER, *(path.name for path in bundled))
    objects = [str(Path(name).with_suffix(".o")) for name in names]
    linking = ["-nostartfiles", "-Wl,--gc-sections", f"-L{firmware()}", "-T", machine.script]
    compiler.compile(
        [*machine.flags, machine.library, *linking, *objects, "-o", _ELF],
        folder=folder,
        tick=tick,
    )
