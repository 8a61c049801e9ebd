"""From a compiled and counted network to what it takes on a chip."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.cost.cycles import CYCLES
from tinyml_studio.targets.target import Target

COUNTED = "counted"
PREDICTED = "predicted"


@dataclass(frozen=True, slots=True)
class Counted:
    """What a compiler and an emulator gave for one core. What nothing counted is None.

    Parameters
    ----------
    flash_bytes, code_bytes
        Weights, tables and code; the code alone.
    weight_bytes, arena_bytes
        As the header states them.
    static_bytes
        Static data beside the arena.
    stack_bytes
        Deepest stack of one inference.
    instructions
        Of one inference.
    """

    flash_bytes: int | None
    code_bytes: int | None
    weight_bytes: int
    arena_bytes: int
    static_bytes: int
    stack_bytes: int | None
    instructions: int | None


@dataclass(frozen=True, slots=True)
class Span:
    """A figure with its uncertainty."""

    low: float
    typical: float
    high: float

    def times(self, factor: float) -> Span:
        """The same in another unit."""
        return Span(self.low * factor, self.typical * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class LayerCost:
    """What is known of one layer.

    Parameters
    ----------
    name, op
        Of the layer.
    macs, parameters
        Multiply-accumulates of the exported layer, and its weights and biases.
    instructions
        Of one inference; None where they are not known.
    """

    name: str
    op: str
    macs: int
    parameters: int
    instructions: int | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a network takes on a chip.

    Parameters
    ----------
    target, core
        Names.
    counted
        Bytes and instructions.
    ram_bytes
        Arena, static data and stack; None without the stack.
    fits_flash, fits_ram
        Whether the chip has as much; None where that is not known.
    latency_ms, energy_mj
        Of one inference, in milliseconds and millijoules; None without clock or current.
    layers
        In the order of the network.
    notes
        What could not be counted, and what the spans mean.
    source
        ``counted`` in an emulator, or ``predicted`` from what other networks were counted at.
    """

    target: str
    core: str
    counted: Counted
    ram_bytes: int | None
    fits_flash: bool | None
    fits_ram: bool | None
    latency_ms: Span | None
    energy_mj: Span | None
    layers: tuple[LayerCost, ...]
    notes: tuple[str, ...]
    source: str = COUNTED


def estimate(
    target: Target,
    counted: Counted,
    layers: tuple[LayerCost, ...],
    notes: tuple[str, ...] = (),
    *,
    source: str = COUNTED,
) -> Estimate:
    """Put a chip's clock, current and memory to what was counted or predicted for its core."""
    ram = None
    if counted.stack_bytes is not None:
        ram = counted.arena_bytes + counted.static_bytes + counted.stack_bytes
    latency = _latency_ms(target, counted.instructions)
    if latency is not None:
        cycles = CYCLES[target.core]
        span = f"{cycles.low:g} to {cycles.high:g} cycles an instruction"
        notes = (*notes, f"latency and energy: from {span}, not measured on the chip")
    return Estimate(
        target=target.name,
        core=target.core,
        counted=counted,
        ram_bytes=ram,
        fits_flash=_fits(counted.flash_bytes, target.flash_bytes),
        fits_ram=_fits(ram, target.ram_bytes),
        latency_ms=latency,
        energy_mj=_energy_mj(target, latency),
        layers=layers,
        notes=notes,
        source=source,
    )


def _fits(needed: int | None, there: int | None) -> bool | None:
    return None if needed is None or there is None else needed <= there


def _latency_ms(target: Target, instructions: int | None) -> Span | None:
    cycles = CYCLES.get(target.core)
    if cycles is None or instructions is None or target.clock_hz is None:
        return None
    milliseconds = instructions * 1e3 / target.clock_hz
    return Span(cycles.low, cycles.typical, cycles.high).times(milliseconds)


def _energy_mj(target: Target, latency: Span | None) -> Span | None:
    """Volts times milliamperes are milliwatts, times milliseconds microjoules."""
    current = target.run_current_ma
    if target.run_current_ua_per_mhz is not None and target.clock_hz is not None:
        current = target.run_current_ua_per_mhz * target.clock_hz / 1e9
    if latency is None or current is None or target.supply_volts is None:
        return None
    return latency.times(target.supply_volts * current / 1e3)
