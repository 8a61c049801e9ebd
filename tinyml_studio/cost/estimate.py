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
    error: float = 0.0,
) -> Estimate:
    """Put a chip's clock, current and memory to what was counted or predicted for its core.

    `error` is the relative uncertainty of the instructions; it widens latency and energy. What the
    chip's figures lack for either is said in the notes.
    """
    ram = None
    if counted.stack_bytes is not None:
        ram = counted.arena_bytes + counted.static_bytes + counted.stack_bytes
    latency = _latency_ms(target, counted.instructions, error)
    energy = _energy_mj(target, latency)
    if counted.instructions is not None:
        notes = (*notes, *_chip_notes(target, latency, energy, error))
    return Estimate(
        target=target.name,
        core=target.core,
        counted=counted,
        ram_bytes=ram,
        fits_flash=_fits(counted.flash_bytes, target.flash_bytes),
        fits_ram=_fits(ram, target.ram_bytes),
        latency_ms=latency,
        energy_mj=energy,
        layers=layers,
        notes=notes,
        source=source,
    )


def _fits(needed: int | None, there: int | None) -> bool | None:
    return None if needed is None or there is None else needed <= there


def _chip_notes(
    target: Target, latency: Span | None, energy: Span | None, error: float
) -> tuple[str, ...]:
    """What the spans are made of, and why there is none."""
    if latency is None:
        return (f"latency and energy are not known: {_lacking_clock(target)}",)
    cycles = CYCLES[target.core]
    span = f"{cycles.low:g} to {cycles.high:g} cycles an instruction"
    if error:
        span += f" and instructions within {100 * error:.0f} %"
    if energy is not None:
        return (f"latency and energy: from {span}, not measured on the chip",)
    lacks = "its current" if target.supply_volts is not None else "its current and supply voltage"
    return (
        f"latency: from {span}, not measured on the chip",
        f"energy is not known: {target.name} does not state {lacks}; a target file of your own can",
    )


def _lacking_clock(target: Target) -> str:
    if target.clock_hz is None:
        return f"{target.name} is a core without a clock; choose a chip"
    return f"nothing is known of the cycles that the core {target.core} takes"


def _latency_ms(target: Target, instructions: int | None, error: float) -> Span | None:
    cycles = CYCLES.get(target.core)
    if cycles is None or instructions is None or target.clock_hz is None:
        return None
    milliseconds = instructions * 1e3 / target.clock_hz
    low, high = cycles.low * (1.0 - error), cycles.high * (1.0 + error)
    return Span(low, cycles.typical, high).times(milliseconds)


def _energy_mj(target: Target, latency: Span | None) -> Span | None:
    """Volts times milliamperes are milliwatts, times milliseconds microjoules."""
    current = target.run_current_ma
    if target.run_current_ua_per_mhz is not None and target.clock_hz is not None:
        current = target.run_current_ua_per_mhz * target.clock_hz / 1e9
    if latency is None or current is None or target.supply_volts is None:
        return None
    return latency.times(target.supply_volts * current / 1e3)
