"""What the table of layers shows, and which edits its cells take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tinyml_studio.gui.states.terms import ARENA, SQNR

SUSPECT_DB, ROOMY_DB = 10.0, 20.0
"""Below the first SQNR a layer is marked: a tenth of the signal's power is error; above the second,
a hundredth, there is room."""

FULL_BAR_DB = 60.0
"""SQNR at which an inline bar is full; about what 8 bits on a uniform signal reach."""


USUAL_NAME, LONG_NAME = 18.0, 28.0
"""Widths in digits that the column of names reaches before the bars grow, and at most."""


class Column(StrEnum):
    """The columns, in order."""

    INDEX = "index"
    NAME = "name"
    OPERATOR = "operator"
    OUTPUT = "output"
    PARAMETERS = "parameters"
    MACS = "macs"
    WEIGHT_BITS = "weight_bits"
    ACTIVATION_BITS = "activation_bits"
    GRANULARITY = "granularity"
    ISOLATED = "isolated"
    CUMULATIVE = "cumulative"
    CLIPPED = "clipped"
    FLASH = "flash"
    RAM = "ram"
    INSTRUCTIONS = "instructions"


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """Heading, width in digits, how early the column gives way, and tooltip.

    The column with the lowest `rank` stays longest; those of rank 0 always stay.
    """

    title: str
    width: float
    rank: float
    tip: str
    is_number: bool = False


COLUMNS: dict[Column, ColumnSpec] = {
    Column.INDEX: ColumnSpec("#", 3.5, 0, "Place in the network", is_number=True),
    Column.NAME: ColumnSpec("Layer", 13, 0, "The layer's name in the model, shortened"),
    Column.OPERATOR: ColumnSpec("Operator", 13.5, 1.5, "What the layer computes"),
    Column.OUTPUT: ColumnSpec("Output", 9, 2.9, "Shape of one output sample, channels last"),
    Column.PARAMETERS: ColumnSpec("Params", 8, 5, "Weights and biases", is_number=True),
    Column.MACS: ColumnSpec(
        "MACs", 7.5, 6, "Multiplications with addition for one sample", is_number=True
    ),
    Column.WEIGHT_BITS: ColumnSpec(
        "W", 4.6, 0, "Weight bits, 1 to 8: type a digit, or double-click", is_number=True
    ),
    Column.ACTIVATION_BITS: ColumnSpec(
        "A", 4.6, 0, "Activation bits of the output: 4, 8, or 16 (type 1)", is_number=True
    ),
    Column.GRANULARITY: ColumnSpec(
        "Scales", 9, 7, "One weight scale per channel, or one for the whole tensor"
    ),
    Column.ISOLATED: ColumnSpec(
        "Alone, dB", 11.5, 1, f"When only this layer is quantized.\n{SQNR}", is_number=True
    ),
    Column.CUMULATIVE: ColumnSpec(
        "So far, dB",
        11.5,
        0,
        f"When everything up to here is quantized, so errors of earlier layers arrive.\n{SQNR}",
        is_number=True,
    ),
    Column.CLIPPED: ColumnSpec(
        "Clipped", 7.5, 2, "Share of the outputs outside the range of the grid", is_number=True
    ),
    Column.FLASH: ColumnSpec(
        "Flash",
        10.5,
        2.5,
        "Weights and other constants of the layer, exact; no code",
        is_number=True,
    ),
    Column.RAM: ColumnSpec(
        "RAM",
        10.5,
        2.7,
        f"What lives in the arena while the layer runs.\n{ARENA}",
        is_number=True,
    ),
    Column.INSTRUCTIONS: ColumnSpec(
        "Instr.",
        10.5,
        2.6,
        "Instructions of one inference on the chip's core: counted in an emulator, else predicted",
        is_number=True,
    ),
}
BAR_COLUMNS = (Column.ISOLATED, Column.CUMULATIVE)
SIZE_COLUMNS = (Column.FLASH, Column.RAM, Column.INSTRUCTIONS)
RISKY_BITS = 1
"""With so few spare bits an accumulator is marked: it holds, but one more bit would not."""


@dataclass(frozen=True, slots=True)
class BitsCell:
    """A bit width in the table.

    Parameters
    ----------
    bits
        The width in force; None where there is none (a layer without weights).
    choices
        Widths that can be set here; empty when it cannot be edited.
    reason
        Why it cannot be edited, or where an inherited width comes from.
    refused
        Why the last width that was asked for here is not possible.
    """

    bits: int | None
    choices: tuple[int, ...] = ()
    reason: str = ""
    refused: str = ""

    @property
    def is_editable(self) -> bool:
        """Whether a choice can be made."""
        return bool(self.choices)


NO_BITS = BitsCell(None, reason="This layer has no weights")


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One line of the table; all text is clean, `key` is the layer's true name.

    `isolated` and `cumulative` are SQNR in dB, `clipped` a share of one; None when not (yet)
    known. `problem` says why the layer cannot run as it is chosen. `flash` and `ram` are bytes,
    `instructions` of one inference, each with its share of the largest layer; `spare_bits` are
    left free by the largest possible accumulator.
    """

    key: str
    name: str
    operator: str
    output: str
    parameters: int
    macs: int
    weight: BitsCell
    activation: BitsCell
    granularity: str = ""
    isolated: float | None = None
    cumulative: float | None = None
    clipped: float | None = None
    problem: str = ""
    flash: int | None = None
    ram: int | None = None
    instructions: int | None = None
    flash_share: float = 0.0
    ram_share: float = 0.0
    instructions_share: float = 0.0
    spare_bits: int | None = None

    @property
    def is_risky(self) -> bool:
        """Whether the accumulator is nearly full."""
        return self.spare_bits is not None and self.spare_bits <= RISKY_BITS

    @property
    def is_suspect(self) -> bool:
        """Whether an error of this layer asks for attention."""
        return any(
            value is not None and value < SUSPECT_DB for value in (self.isolated, self.cumulative)
        )


@dataclass(frozen=True, slots=True)
class LayersState:
    """All rows in network order; `pending` while newer figures are on their way."""

    rows: tuple[LayerRow, ...] = ()
    pending: bool = False
    has_file_grids: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """An edit that was not taken over: true names of the layers, the width, and why."""

    layers: tuple[str, ...]
    bits: str
    reason: str


def with_refusal(state: LayersState, refusal: Refusal | None) -> LayersState:
    """The table with what was refused in the cells where it was asked for."""
    if refusal is None:
        return state
    words = f"{refusal.bits} is not possible: {refusal.reason}"
    keys = set(refusal.layers)

    def marked(row: LayerRow) -> LayerRow:
        if row.key not in keys:
            return row
        if refusal.bits.startswith("w"):
            return replace(row, weight=replace(row.weight, refused=words))
        return replace(row, activation=replace(row.activation, refused=words))

    return replace(state, rows=tuple(marked(row) for row in state.rows))


def with_same_rows(state: LayersState, before: LayersState) -> LayersState:
    """The same with the very rows of `before` where they say the same.

    Two long tables then differ in an instant or not at all, and the window looks only at the rows
    that are new.
    """
    old = {row.key: row for row in before.rows}
    rows = (row if old.get(row.key) != row else old[row.key] for row in state.rows)
    return replace(state, rows=tuple(rows))


def bar_share(value: float | None) -> float:
    """Length of an inline bar in [0, 1] for an SQNR in dB."""
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return 0.0
    return min(max(value / FULL_BAR_DB, 0.0), 1.0)


def column_widths(
    available: float, *, rows: int = 0, chosen: frozenset[Column] = frozenset()
) -> Mapping[Column, float]:
    """The columns that fit into `available` digits, the least important dropped, and their widths.

    Where a person has `chosen` columns it is those, beside the ones that always stay, whether they
    fit or not. The column of places is wide enough for `rows` of them. What is left over widens the
    names up to `USUAL_NAME`, then names and bars.
    """
    wide = {column: spec.width for column, spec in COLUMNS.items()}
    wide[Column.INDEX] = max(wide[Column.INDEX], len(str(rows)) + 1.5)
    shown = [
        column for column in COLUMNS if not chosen or column in chosen or COLUMNS[column].rank == 0
    ]
    while not chosen and sum(wide[column] for column in shown) > available:
        last = max(shown, key=lambda column: COLUMNS[column].rank)
        if COLUMNS[last].rank == 0:
            break
        shown.remove(last)
    widths = {column: wide[column] for column in shown}
    spare = max(available - sum(widths.values()), 0.0)
    bars = [column for column in BAR_COLUMNS if column in widths]
    first = min(spare, USUAL_NAME - widths[Column.NAME])
    for_name = first + min((spare - first) / 2, LONG_NAME - USUAL_NAME)
    widths[Column.NAME] += for_name
    for column in bars:
        widths[column] += (spare - for_name) / len(bars)
    return widths


def settable(rows: Sequence[LayerRow], column: Column, bits: int) -> tuple[str, ...]:
    """Names of those rows whose width in that column can become `bits`."""
    cells = ((row, bits_cell(row, column)) for row in rows)
    return tuple(row.key for row, cell in cells if cell is not None and bits in cell.choices)


def bits_cell(row: LayerRow, column: Column) -> BitsCell | None:
    """The bit width that the column shows of the row; None for the other columns."""
    if column is Column.WEIGHT_BITS:
        return row.weight
    if column is Column.ACTIVATION_BITS:
        return row.activation
    return None


def shown_by(row: LayerRow, column: Column) -> tuple[object, ...]:
    """All of a row that a column shows, as text, colour, mark, bar or tooltip."""
    return tuple(getattr(row, name) for name in _SHOWN[column])


_SHOWN: Mapping[Column, tuple[str, ...]] = {
    Column.INDEX: (),
    Column.NAME: ("name", "problem", "operator", "output", "spare_bits"),
    Column.OPERATOR: ("operator", "problem", "output", "spare_bits"),
    Column.OUTPUT: ("output",),
    Column.PARAMETERS: ("parameters",),
    Column.MACS: ("macs",),
    Column.WEIGHT_BITS: ("weight",),
    Column.ACTIVATION_BITS: ("activation",),
    Column.GRANULARITY: ("granularity",),
    Column.ISOLATED: ("isolated",),
    Column.CUMULATIVE: ("cumulative",),
    Column.CLIPPED: ("clipped",),
    Column.FLASH: ("flash", "flash_share"),
    Column.RAM: ("ram", "ram_share"),
    Column.INSTRUCTIONS: ("instructions", "instructions_share"),
}


def bits_of_key(column: Column, text: str) -> int | None:
    """The width that a typed digit means: 1 is sixteen for activations, itself for weights."""
    if len(text) != 1 or text not in "12345678":
        return None
    digit = int(text)
    if column is Column.ACTIVATION_BITS:
        return {1: 16, 4: 4, 8: 8}.get(digit)
    return digit if column is Column.WEIGHT_BITS else None


def bits_text(column: Column, bits: int) -> str:
    """A width as the scheme writes it: ``w4`` or ``a16``."""
    return f"{'w' if column is Column.WEIGHT_BITS else 'a'}{bits}"
