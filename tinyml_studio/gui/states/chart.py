"""The figures of a chart as a table, for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.gui.states.causes import Cause, CauseBar
from tinyml_studio.gui.states.channels import ChannelStrip
from tinyml_studio.gui.states.distribution import HistogramState
from tinyml_studio.gui.states.errors import ErrorState, Metric
from tinyml_studio.gui.states.network import NetworkState
from tinyml_studio.gui.states.sample import OutputPair

Cell = str | int | float | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """Headings with units, and rows; `name` suggests a file name."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def csv_bytes(table: Table) -> bytes:
    """The table as UTF-8 CSV, RFC 4180.

    Text that a spreadsheet would run as a formula gets an apostrophe in front: layer names come
    from the model's file.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)
    return buffer.getvalue().encode()


def file_name(table: Table, suffix: str) -> str:
    """A file name that every system takes."""
    return (re.sub(r"[^A-Za-z0-9._-]+", "-", table.name).strip("-.")[:60] or "chart") + suffix


def error_table(state: ErrorState) -> Table:
    """One row per layer."""
    unit = " (dB)" if state.metric is Metric.SQNR else ""
    kinds = ("alone", "so far", "at the output")
    columns = ("layer", *(f"{state.metric} {kind}{unit}" for kind in kinds))
    rows = tuple((bar.key, bar.isolated, bar.cumulative, bar.amplified) for bar in state.bars)
    return Table(f"error-{state.metric}", columns, rows)


def causes_table(bars: Sequence[CauseBar]) -> Table:
    """One row per layer, shares of one."""
    rows: tuple[tuple[Cell, ...], ...] = tuple((bar.key, *bar.shares) for bar in bars)
    return Table("causes", ("layer", *(str(cause) for cause in Cause)), rows)


def histogram_table(state: HistogramState) -> Table:
    """One row per bin, in real units."""
    unit = 10.0**state.exponent
    integers: Sequence[float | None] = state.integer_shares.tolist() or [None] * state.shares.size
    edges = (state.edges * unit).tolist()
    rows = zip(edges[:-1], edges[1:], state.shares.tolist(), integers, strict=True)
    columns = ("from", "to", "share of the float values", "share of the integers")
    return Table(state.title, columns, tuple(rows) if edges else ())


def strip_table(strip: ChannelStrip) -> Table:
    """One row per output channel, in real units."""
    unit = 10.0**strip.exponent
    parts = [part * unit for part in (strip.low, strip.lower, strip.upper, strip.high)]
    limits: Sequence[float | None] = (strip.limits * unit).tolist() or [None] * strip.low.size
    rows = zip(range(strip.low.size), *(part.tolist() for part in parts), limits, strict=True)
    columns = ("channel", "minimum", "5 %", "95 %", "maximum", "end of the grid")
    return Table("channels", columns, tuple(rows))


def outputs_table(pairs: Sequence[OutputPair]) -> Table:
    """One row per output."""
    rows = tuple((pair.number, pair.float_value, pair.integer_value) for pair in pairs)
    return Table("outputs", ("output", "float", "integer"), rows)


def waves_table(waves: NDArray[np.float64]) -> Table:
    """One row per step."""
    columns = ("step", *(f"channel {number}" for number in range(len(waves))))
    rows = zip(range(waves.shape[1]), *waves.tolist(), strict=True)
    return Table("input", columns, tuple(rows))


def network_table(state: NetworkState) -> Table:
    """One row per layer."""
    rows = tuple((box.key, box.about, box.sqnr_db) for box in state.boxes)
    return Table("network", ("layer", "operator and bits", "SQNR alone (dB)"), rows)


def _plain(cell: Cell) -> Cell:
    """A cell as it may stand in a file."""
    if isinstance(cell, float):
        return repr(cell)
    dangerous = isinstance(cell, str) and cell.startswith(_FORMULA)
    return f"'{cell}" if dangerous else cell
