"""The output of one layer for one sample: channels as tiles, or a table of its first values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.gui.states.text import percent, real, shape, whole

if TYPE_CHECKING:
    from tinyml_studio.app.sample_run import LayerRun

MOST_TILES = 144
MOST_ROWS = 256
LEAST_PICTURE = 64
"""Fewer values than these are read, not looked at."""
MOST_SIDE = 2048
GAP = 0
"""Intensity of the lines between tiles; values begin above it."""


@dataclass(frozen=True, eq=False)
class Mosaic:
    """Channels side by side, each ``high`` by ``wide`` pixels with a line of one between them.

    Parameters
    ----------
    integers, floats
        Intensities on one scale, 1 to 255; 0 between the tiles.
    columns
        Tiles in a row.
    tiles
        Channels that are shown.
    size
        Height and width of a tile.
    stretches
        A signal has steps and channels, not pixels: it may fill the room.
    """

    integers: NDArray[np.uint8]
    floats: NDArray[np.uint8]
    columns: int
    tiles: int
    size: tuple[int, int]
    stretches: bool = False

    def place(self, x: float, y: float) -> tuple[int, int, int] | None:
        """Row, column and channel at a share of width and height; None between tiles."""
        row, column = int(y * self.integers.shape[0]), int(x * self.integers.shape[1])
        high, wide = self.size
        tile = row // (high + 1) * self.columns + column // (wide + 1)
        row, column = row % (high + 1), column % (wide + 1)
        inside = row < high and column < wide and 0 <= tile < self.tiles
        return (row, column, tile) if inside else None


@dataclass(frozen=True, eq=False)
class LayerLook:
    """What is shown of a layer; exactly one of `mosaic` and `rows` is there.

    Parameters
    ----------
    key, name
        True and short name of the layer.
    facts
        Type, shape, range, and what was cut off.
    mosaic
        Pictures of the integers and of the float values.
    rows
        Place, integer, the real value that it stands for, and the float value.
    note
        What is left out.
    """

    key: str = ""
    name: str = ""
    facts: str = ""
    mosaic: Mosaic | None = None
    rows: tuple[tuple[str, str, str, str], ...] = ()
    note: str = ""
    run: LayerRun | None = None

    def about(self, x: float, y: float) -> str:
        """The value at a share of the picture's width and height."""
        place = None if self.mosaic is None else self.mosaic.place(x, y)
        if place is None or self.run is None:
            return ""
        planes, floats = _planes(self.run.integers), _planes(self.run.floats)
        row, column, channel = place
        q, f = int(planes[row, column, channel]), float(floats[row, column, channel])
        tensor = self.run.tensor
        value = (q - tensor.zero_point) * tensor.scale
        at = f"channel {channel}" + f", row {row}, column {column}" * (planes.shape[2] > 0)
        return f"{at}: {q} is {real(value)}, float {real(f)}".replace("-", "−")


def layer_look(run: LayerRun, key: str, name: str, *, wide: float = 1.6) -> LayerLook:
    """The look of a layer; `wide` is how much wider than high the picture may be."""
    mosaic = mosaic_of(run, wide=wide)
    note = ""
    shown: tuple[tuple[str, str, str, str], ...] = ()
    if mosaic is None:
        shown = value_rows(run)
        left = run.integers.size - len(shown)
        note = f"and {whole(left)} more" if left else ""
    elif mosaic.tiles < _planes(run.integers).shape[2]:
        note = f"{mosaic.tiles} of {whole(_planes(run.integers).shape[2])} channels"
    return LayerLook(key, name, facts_of(run), mosaic, shown, note, run)


def facts_of(run: LayerRun) -> str:
    """One line about the integers."""
    low, high = int(run.integers.min()), int(run.integers.max())
    size = run.integers.size
    cut = [f"{whole(run.saturated)} saturated", f"{whole(run.clipped)} clipped"]
    if run.saturated:
        cut[0] += f" ({percent(run.saturated / size)})"
    parts = [f"{run.tensor.type} {shape(run.tensor.shape)}", f"{low} … {high}", *cut]
    return " · ".join(parts).replace("-", "−")


def mosaic_of(run: LayerRun, *, wide: float) -> Mosaic | None:
    """Both pictures; None where a table says more."""
    planes = _planes(run.integers)
    high, across, channels = planes.shape
    if planes.size < LEAST_PICTURE or high * across < 2 or max(high, across) > MOST_SIDE:
        return None
    tiles = min(channels, MOST_TILES)
    columns = best_columns(tiles, high, across, wide)
    low, most = int(planes.min()), int(planes.max())
    tensor = run.tensor
    steps = _planes(run.floats).astype(np.float64) / tensor.scale + tensor.zero_point
    pictures = (
        _laid_out(intensity(values[:, :, :tiles], low, most), columns) for values in (planes, steps)
    )
    integers, floats = pictures
    is_signal = channels == 1 and max(run.integers.shape[:-1]) == across
    return Mosaic(integers, floats, columns, tiles, (high, across), is_signal)


def best_columns(tiles: int, high: int, across: int, wide: float) -> int:
    """Tiles in a row so that they are largest in a room that is `wide` times wider than high."""

    def pixel(columns: int) -> tuple[float, int]:
        rows = math.ceil(tiles / columns)
        side = min(wide / (columns * (across + 1)), 1.0 / (rows * (high + 1)))
        return side, -rows * columns

    return max(range(1, tiles + 1), key=pixel)


def intensity(values: NDArray[np.generic], low: float, high: float) -> NDArray[np.uint8]:
    """1 to 255 between `low` and `high`; what lies beyond is cut off."""
    shares = (values.astype(np.float64) - low) / ((high - low) or 1.0)
    return np.asarray(1 + np.rint(np.clip(shares, 0.0, 1.0) * 254), np.uint8)


def value_rows(run: LayerRun) -> tuple[tuple[str, str, str, str], ...]:
    """The first values, one to a row."""
    sizes = run.integers.shape or (1,)
    values = zip(run.integers.ravel()[:MOST_ROWS], run.floats.ravel()[:MOST_ROWS], strict=True)
    tensor = run.tensor
    rows = []
    for number, (q, f) in enumerate(values):
        place = ", ".join(str(int(part)) for part in np.unravel_index(number, sizes))
        value = (int(q) - tensor.zero_point) * tensor.scale
        rows.append((place, f"{int(q)}".replace("-", "−"), real(value), real(float(f))))
    return tuple(rows)


def stepped(names: Mapping[str, str], key: str, step: int) -> str:
    """The layer some steps before or behind another one; the ends hold."""
    keys = list(names)
    if not keys:
        return ""
    place = keys.index(key) if key in keys else 0
    return keys[min(max(place + step, 0), len(keys) - 1)]


def _planes(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """``(H, W, C)``: of two axes steps go across and channels down, as one picture."""
    if values.ndim == 3 and min(values.shape[:2]) > 1:
        return values
    if values.ndim >= 2 and values.shape[-1] > 1 and max(values.shape[:-1]) > 1:
        flat = values.reshape(-1, values.shape[-1])
        return flat.T[:, :, None]
    if values.ndim == 3:
        return values
    return values.reshape(1, 1, -1)


def _laid_out(planes: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """``(H, W, C)`` as one picture, the channels in rows of `columns`."""
    high, across, channels = planes.shape
    rows = math.ceil(channels / columns)
    canvas = np.full((rows * (high + 1) - 1, columns * (across + 1) - 1), GAP, np.uint8)
    for channel in range(channels):
        top, left = channel // columns * (high + 1), channel % columns * (across + 1)
        canvas[top : top + high, left : left + across] = planes[:, :, channel]
    return canvas
