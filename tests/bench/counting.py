"""Counts a network layer by layer on emulated cores: one compilation and one inference for each."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np

from tinyml_studio.cost.fitted import HELIUM_CORES
from tinyml_studio.emit.header import c_header
from tinyml_studio.emit.info import HeaderInfo
from tinyml_studio.emit.ports import Port, ports_of
from tinyml_studio.emit.state import reset_call
from tinyml_studio.program.program import Program
from tinyml_studio.verify.build import HARNESS_FLAGS, firmware
from tinyml_studio.verify.cross import emulator_command
from tinyml_studio.verify.footprint import code_bytes, flash_bytes
from tinyml_studio.verify.machines import MACHINES, Machine

# clones of a function, as net_add.constprop.0, count as the function
_SYMBOL = re.compile(r"^[0-9a-f]+ ([0-9a-f]+) [tT] net_(\w+)", re.MULTILINE)
_DRIVER = "lap"
_PLACES = re.compile(r"/\*.*?\*/|memory \+ \d+|#define NET_\w*BYTES \d+", re.DOTALL)
_HARNESS = ("harness_semihosting.c",)


@dataclass(frozen=True, slots=True)
class Count:
    """What a compiler and an emulator gave for a network.

    Parameters
    ----------
    compiler
        Its name and version.
    layers
        Instructions by layer of the program, in order.
    stacks
        Bytes of stack of the inference while each of them runs.
    code
        Bytes of code, those of the library's functions among them.
    functions
        Bytes of every function of the header.
    flash
        Bytes of code and of all constants.
    """

    compiler: str
    layers: tuple[int, ...]
    stacks: tuple[int, ...]
    code: int
    functions: dict[str, int]
    flash: int = 0


def count(program: Program, cores: Iterable[str], *, kept: Path) -> dict[str, Count]:
    """One inference of random inputs on each of the cores.

    The folder `kept` has what was counted before, by core and by the header without its comments
    and places in memory: a network is counted again when its code has changed.
    """
    header = c_header(program, info=HeaderInfo("net", "model", "0" * 64, "", "chip"))
    found = {}
    for core in cores:
        file = kept / f"{core}-{digest(header, helium=core in HELIUM_CORES)}.json"
        if not file.is_file():
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                (folder / "model.h").write_text(header, "ascii")
                inputs = b"".join(_inputs(program, np.random.default_rng(1)))
                (folder / "inputs").write_bytes(inputs)
                made = _counted(MACHINES[core], program, folder)
            file.write_text(json.dumps(asdict(made)), "ascii")
        held = json.loads(file.read_text("ascii"))
        found[core] = Count(
            **{**held, "layers": tuple(held["layers"]), "stacks": tuple(held["stacks"])}
        )
    return found


def digest(header: str, *, helium: bool) -> str:
    """What tells apart headers whose code differs on cores with Helium, or on all others."""
    text = _PLACES.sub("", header)
    kept = "\n".join(_compiled(text.splitlines(), helium=helium))
    return hashlib.sha256(kept.encode()).hexdigest()[:32]


def _compiled(lines: Iterable[str], *, helium: bool) -> Iterator[str]:
    """The lines that are compiled on cores with Helium, or on all others."""
    conditions: list[bool | None] = []
    for line in lines:
        word = line.split(" ", 1)[0]
        if word in ("#if", "#ifdef", "#ifndef"):
            asked = line.endswith(" NET_HELIUM")
            conditions.append((helium == (word == "#ifdef")) if asked else None)
        elif word == "#else" and conditions[-1] is not None:
            conditions[-1] = not conditions[-1]
        elif word == "#endif":
            conditions.pop()
        if False not in conditions:
            yield line


def _inputs(program: Program, draw: np.random.Generator) -> Iterator[bytes]:
    for name in program.inputs:
        held = program.tensors[name]
        values = draw.integers(held.type.min, held.type.max + 1, held.shape)
        yield values.astype(held.type.carrier).tobytes()


def _counted(machine: Machine, program: Program, folder: Path) -> Count:
    (folder / "model.c").write_text(_HOOK + '#define NET_IMPLEMENTATION\n#include "model.h"\n')
    (folder / "driver.c").write_text(_driver(program))
    gcc = (f"{machine.prefix}gcc", *machine.flags, machine.library)
    split = ("-ffunction-sections", "-fdata-sections")
    _run(folder, *gcc, "-std=c99", "-O2", *split, "-c", "model.c")
    _run(folder, *gcc, "-std=gnu99", *HARNESS_FLAGS, f"-I{firmware()}", "-c", "driver.c")
    linking = ("-nostartfiles", "-Wl,--gc-sections", f"-L{firmware()}", "-T", machine.script)
    objects = ("model.o", "driver.o", *_copied(_harness(machine), folder))
    _run(folder, *gcc, *linking, *objects, "-o", "model.elf")
    symbols = _run(folder, f"{machine.prefix}nm", "-S", "model.elf")
    sizes = _run(folder, f"{machine.prefix}size", "-A", "model.elf")
    _run(folder, *map(str, emulator_command(machine)))
    results = np.frombuffer((folder / "results").read_bytes(), np.uint64).reshape(2, -1)
    return Count(
        compiler=_version(machine.prefix),
        layers=tuple(np.rint(results[0] * machine.instructions_per_tick).astype(int).tolist()),
        stacks=tuple(results[1].tolist()),
        code=code_bytes(sizes),
        functions=_functions(symbols),
        flash=flash_bytes(sizes),
    )


def _functions(symbols: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    for size, name in _SYMBOL.findall(symbols):
        found[name] += int(size, 16)
    del found[_DRIVER]
    return dict(found)


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr[:600]}")
    return done.stdout


@cache
def _version(prefix: str) -> str:
    return _run(Path(), f"{prefix}gcc", "--version").splitlines()[0]


def _copied(objects: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    """The objects beside the others: the linker knows by bare names what is not the model's."""
    return tuple(shutil.copy(path, folder / Path(path).name).name for path in objects)


@cache
def _harness(machine: Machine) -> tuple[str, ...]:
    """The objects of the bare machine, compiled once."""
    folder = Path(tempfile.mkdtemp(prefix="harness-"))
    gcc = (f"{machine.prefix}gcc", *machine.flags, machine.library, "-std=gnu99", *HARNESS_FLAGS)
    for name in (machine.source, *_HARNESS):
        _run(folder, *gcc, f"-I{firmware()}", "-c", str(firmware(name)))
    return tuple(str(path) for path in sorted(folder.glob("*.o")))


_HOOK = """#include <stdint.h>
void net_lap(uint32_t layer);
#define NET_LAYER_DONE(layer) net_lap(layer)
"""
_LAP = """
#define PAINT 0xC5A35C3Au

static uint64_t laps[LAYERS];
static uint64_t depths[LAYERS];
static uint32_t caller;
void net_lap(uint32_t layer);

static void paint(void)
{
    volatile uint32_t *end = (volatile uint32_t *)__builtin_frame_address(0) - 16;

    for (volatile uint32_t *word = stack_limit; word < end; word++) {
        *word = PAINT;
    }
}

__attribute__((noinline)) static uint32_t place(void)
{
    return (uint32_t)(uintptr_t)__builtin_dwarf_cfa();
}

/* the depth of the layer's stack below the inference's caller; what it takes does not count */
__attribute__((noinline)) void net_lap(uint32_t layer)
{
    const volatile uint32_t *word = stack_limit;

    laps[layer] += harness_lap();
    while (*word == PAINT) {
        word++;
    }
    if (caller - (uint32_t)(uintptr_t)word > depths[layer]) {
        depths[layer] = caller - (uint32_t)(uintptr_t)word;
    }
    paint();
    (void)harness_lap();
}
"""


def _driver(program: Program) -> str:
    """One inference from a file of inputs; it writes ticks and bytes of stack by layer."""
    ports = [port for port in ports_of(program) if port.is_input]
    reads = "".join(_read(port) for port in ports)
    return f"""#include "harness.h"
#include "machine.h"
#include "model.h"
#define LAYERS {len(program.by_layer)}
{_LAP}
static uint8_t arena[NET_ARENA_BYTES] NET_ALIGN;

int main(void)
{{
    if (harness_open()) {{
        return 2;
    }}
{reset_call(program, "net", "arena", indent=4)}{reads}    caller = place();
    paint();
    harness_start();
    (void)net_invoke(arena);
    return harness_write(laps, sizeof laps) | harness_write(depths, sizeof depths)
        | harness_close();
}}
"""


def _read(port: Port) -> str:
    size = f"NET_{port.name.upper()}_SIZE * sizeof(net_{port.name}_t)"
    return f"    (void)harness_read(net_{port.name}(arena), {size});\n"
