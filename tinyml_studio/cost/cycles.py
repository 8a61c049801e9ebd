"""Cycles per instruction of the cores, as a span.

No figure here is measured on hardware. The lower end is what the core can retire at best; the upper
end is that of integer code of which two fifths are loads and a tenth taken branches, each at the
largest latency of the core's Technical Reference Manual (for a Cortex-M4: loads 2, branches 4
cycles, together 1.7), rounded up. Flash wait states that no cache hides come on top.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class CyclesPerInstruction:
    """A span and the value in it that is taken when one number is asked for."""

    low: float
    typical: float
    high: float


_SINGLE_ISSUE = CyclesPerInstruction(1.0, 1.3, 1.8)
CYCLES: Mapping[str, CyclesPerInstruction] = MappingProxyType(
    {
        "cortex-m0plus": CyclesPerInstruction(1.0, 1.4, 1.8),
        "cortex-m3": _SINGLE_ISSUE,
        "cortex-m4": _SINGLE_ISSUE,
        # some pairs of short instructions are issued together
        "cortex-m33": CyclesPerInstruction(0.8, 1.2, 1.8),
        # two instructions a cycle
        "cortex-m7": CyclesPerInstruction(0.5, 0.9, 1.6),
        # a vector instruction takes two cycles, some overlap
        "cortex-m55": CyclesPerInstruction(0.8, 1.4, 2.2),
        "cortex-m85": CyclesPerInstruction(0.5, 1.0, 2.0),
        "rv32imc": CyclesPerInstruction(1.0, 1.4, 2.0),
        "rv32imac": CyclesPerInstruction(1.0, 1.4, 2.0),
        "rv32imafc": CyclesPerInstruction(0.5, 1.0, 2.0),
    }
)
