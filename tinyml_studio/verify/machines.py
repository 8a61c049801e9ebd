"""The cores that can be emulated: how to compile for each, and the machine that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_NANOSECONDS = 1_000_000_000
SEMIHOSTING = ("-semihosting-config", "enable=on,target=native")
# one instruction takes one nanosecond of the machine's time, so that its timers count instructions
ONE_INSTRUCTION_PER_NANOSECOND = ("-icount", "shift=0")


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of the emulator for one core.

    Parameters
    ----------
    core
        What it runs as.
    prefix
        Of the cross compiler's tools, as ``arm-none-eabi-``.
    flags
        What the compiler is told about the core.
    library
        The flag that chooses the C library.
    source
        The bundled file with its reset code and counter.
    emulator
        Program and machine.
    script
        The bundled linker script.
    instructions_per_tick
        Instructions while the machine's counter moves by one.
    """

    core: str
    prefix: str
    flags: tuple[str, ...]
    library: str
    source: str
    emulator: tuple[str, ...]
    script: str
    instructions_per_tick: float


def _arm(core: str, board: str, clock_hz: int, *float_flags: str) -> Machine:
    """A Cortex-M whose SysTick runs at the board's clock."""
    return Machine(
        core=core,
        prefix="arm-none-eabi-",
        flags=(f"-mcpu={core}", "-mthumb", *float_flags),
        library="--specs=nano.specs",
        source="machine_arm.c",
        emulator=("qemu-system-arm", "-machine", board),
        script=f"{board}.ld",
        instructions_per_tick=_NANOSECONDS / clock_hz,
    )


def _riscv(core: str, abi: str) -> Machine:
    """A 32-bit RISC-V hart that counts its own instructions."""
    return Machine(
        core=core,
        prefix="riscv64-unknown-elf-",
        flags=(f"-march={core}", f"-mabi={abi}", "-mcmodel=medany"),
        library="--specs=picolibc.specs",
        source="machine_riscv.c",
        emulator=("qemu-system-riscv32", "-machine", "virt", "-bios", "none", "-m", "64M"),
        script="virt.ld",
        instructions_per_tick=1.0,
    )


_SOFT = "-mfloat-abi=soft"
_HARD = "-mfloat-abi=hard"
_M55 = _arm("cortex-m55", "mps3-an547", 32_000_000, _HARD)
# The boards' Cortex-M4 runs code for the M0+ and the M3, whose instructions are among its own;
# the M55 that of an M85, which is compiled as for an M55.
MACHINES: Mapping[str, Machine] = MappingProxyType(
    {
        "cortex-m0plus": _arm("cortex-m0plus", "mps2-an386", 25_000_000, _SOFT),
        "cortex-m3": _arm("cortex-m3", "mps2-an386", 25_000_000, _SOFT),
        "cortex-m4": _arm("cortex-m4", "mps2-an386", 25_000_000, "-mfpu=fpv4-sp-d16", _HARD),
        "cortex-m7": _arm("cortex-m7", "mps2-an500", 25_000_000, "-mfpu=fpv5-sp-d16", _HARD),
        "cortex-m33": _arm("cortex-m33", "mps2-an505", 20_000_000, "-mfpu=fpv5-sp-d16", _HARD),
        "cortex-m55": _M55,
        "cortex-m85": _M55,
        "rv32imc": _riscv("rv32imc", "ilp32"),
        "rv32imac": _riscv("rv32imac", "ilp32"),
        "rv32imafc": _riscv("rv32imafc", "ilp32f"),
    }
)
PACKAGES: Mapping[str, str] = MappingProxyType(
    {
        "arm-none-eabi-gcc": "gcc-arm-none-eabi libnewlib-arm-none-eabi",
        "riscv64-unknown-elf-gcc": "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf",
        "qemu-system-arm": "qemu-system-arm",
        "qemu-system-riscv32": "qemu-system-misc",
    }
)
