"""A chip that a header is made for: what is known about it, and from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

CORES: Mapping[str, str] = MappingProxyType(
    {
        "cortex-m0plus": "Arm Cortex-M0+",
        "cortex-m3": "Arm Cortex-M3",
        "cortex-m4": "Arm Cortex-M4",
        "cortex-m7": "Arm Cortex-M7",
        "cortex-m33": "Arm Cortex-M33",
        "cortex-m55": "Arm Cortex-M55",
        "cortex-m85": "Arm Cortex-M85",
        "xtensa-lx6": "Xtensa LX6",
        "xtensa-lx7": "Xtensa LX7",
        "rv32imc": "RISC-V RV32IMC",
        "rv32imac": "RISC-V RV32IMAC",
        "rv32imafc": "RISC-V RV32IMAFC",
    }
)
FPUS = ("none", "single", "double")
VECTORS = ("none", "dsp", "helium", "pie")


@dataclass(frozen=True, slots=True)
class Target:
    """A chip, or a core of which no chip is known. What is not known is None.

    Parameters
    ----------
    name, title
        What is written on the command line, and what a person reads.
    core
        A key of `CORES`.
    aliases
        Other names that are understood.
    clock_hz
        Highest clock of the core, in hertz.
    flash_bytes
        Flash that code and weights may take; on a board the flash that is soldered beside the chip.
    ram_bytes
        All static RAM that a program can reach.
    fpu
        Widest floating point in hardware: one of `FPUS`.
    vector
        Integer extension: one of `VECTORS` (``dsp`` is SMLAD and its kin, ``pie`` Espressif's).
    flash_wait_states
        Wait states of the flash at `clock_hz`.
    instruction_cache_bytes, data_cache_bytes
        First-level caches; a unified cache stands as the instruction cache.
    run_current_ma, run_current_ua_per_mhz
        Typical current while computing, at `clock_hz` or for each megahertz; at most one of them.
    supply_volts
        The voltage at which that current holds.
    source
        Where each figure was read: document and table by key.
    """

    name: str
    title: str
    core: str
    aliases: tuple[str, ...] = ()
    clock_hz: int | None = None
    flash_bytes: int | None = None
    ram_bytes: int | None = None
    fpu: str | None = None
    vector: str | None = None
    flash_wait_states: int | None = None
    instruction_cache_bytes: int | None = None
    data_cache_bytes: int | None = None
    run_current_ma: float | None = None
    run_current_ua_per_mhz: float | None = None
    supply_volts: float | None = None
    source: Mapping[str, str] = field(default_factory=dict)
