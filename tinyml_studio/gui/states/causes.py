"""What the isolated error of a layer is made of, as shares for a stacked bar."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.text import percent

if TYPE_CHECKING:
    from tinyml_studio.simulate.arrival import Arrival


class Cause(StrEnum):
    """A source of error, from the foot of the bar to its top."""

    ROUNDING = "rounding"
    CLIPPING = "clipping"
    INPUTS = "inputs"
    BIAS = "bias"
    WEIGHTS = "weights"


CAUSE_TIPS: dict[Cause, str] = {
    Cause.ROUNDING: "the output is put on its grid, within the range",
    Cause.CLIPPING: "the output lies beyond the range of its grid",
    Cause.INPUTS: "scale mismatch: what the grids of the inputs had lost already",
    Cause.BIAS: "the bias is put on steps of input scale times weight scale",
    Cause.WEIGHTS: "the rest: rounded weights and multipliers",
}

CAUSE_COLOURS: dict[Cause, str] = {
    Cause.ROUNDING: "integer",
    Cause.CLIPPING: "suspect",
    Cause.INPUTS: "muted",
    Cause.BIAS: "accent",
    Cause.WEIGHTS: "integer~",
}
"""Names of the theme's colours; ``~`` is drawn pale."""

NO_SHARES = (0.0,) * len(Cause)


@dataclass(frozen=True, slots=True)
class CauseBar:
    """One layer's shares in the order of `Cause`; they add up to one, or are 0 without error."""

    key: str
    name: str
    shares: tuple[float, ...] = NO_SHARES

    def __str__(self) -> str:
        if not any(self.shares):
            return f"{self.name} · no error of its own"
        parts = (
            f"{cause} {percent(share, digits=0)}"
            for cause, share in zip(Cause, self.shares, strict=True)
        )
        return f"{self.name} · {', '.join(parts)}"


def shares_of(held: Arrival | None) -> tuple[float, ...]:
    """The shares of a layer's causes in their sum; they are not independent."""
    if held is None:
        return NO_SHARES
    parts = (held.rounding, held.clipping, held.inputs, held.bias, held.rest)
    total = sum(parts)
    return tuple(part / total for part in parts) if total > 0 else NO_SHARES
