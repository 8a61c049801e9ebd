"""One sample as the simulator pane shows it: what went in, what came out, what was cut off."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.gui.states.text import percent, real, whole

if TYPE_CHECKING:
    from tinyml_studio.app.sample_run import SampleRun

LEAST_SIDE, MOST_SIDE = 4, 4096
LEAST_STEPS = 8
MOST_WAVES, MOST_POINTS = 6, 4000
MOST_NUMBERS, MOST_OUTPUTS, MOST_LAYERS = 64, 32, 400
NO_SAMPLES = "Choose calibration data (Ctrl+D) to run its samples"


@dataclass(frozen=True, slots=True)
class OutputPair:
    """One output value: its number, of the float network and of the integers."""

    number: int
    float_value: float
    integer_value: float


@dataclass(frozen=True, slots=True)
class Saturation:
    """A layer, how many of its values are cut off by the type, and their share."""

    key: str
    name: str
    count: int
    share: float


@dataclass(frozen=True, eq=False)
class SampleState:
    """The pane's content; exactly one of `image`, `waves` and `numbers` is there.

    Parameters
    ----------
    number, count
        Which of how many samples, from 0.
    title
        What both networks say of it.
    agrees
        Whether they say the same.
    image
        ``(H, W)`` or ``(H, W, 3)`` bytes.
    waves
        ``(channels, steps)``.
    numbers
        Values with their places.
    about
        Shape and range of the input.
    run
        What all layers made of it.
    asks_data
        Calibration data would bring something to show.
    """

    number: int = 0
    count: int = 0
    title: str = ""
    agrees: bool = True
    image: NDArray[np.uint8] | None = None
    waves: NDArray[np.float64] | None = None
    numbers: tuple[str, ...] = ()
    about: str = ""
    outputs: tuple[OutputPair, ...] = ()
    saturations: tuple[Saturation, ...] = ()
    hint: str = ""
    asks_data: bool = False
    run: SampleRun | None = None


def sample_state(run: SampleRun, names: Mapping[str, str]) -> SampleState:
    """The state of a run; `names` are the layers' short names."""
    values = run.inputs[0]
    image, waves = as_image(values), as_waves(values)
    floats, integers = run.floats[0].ravel(), run.integers[0].ravel()
    return SampleState(
        number=run.number,
        count=run.count,
        title=verdict(run),
        agrees=floats.size < 2 or int(floats.argmax()) == int(integers.argmax()),
        image=image,
        waves=waves if image is None else None,
        numbers=as_numbers(values) if image is None and waves is None else (),
        about=about_input(run),
        outputs=output_pairs(floats, integers),
        saturations=_saturations(run, names),
        run=run,
    )


def as_image(values: FloatArray) -> NDArray[np.uint8] | None:
    """Pixels of a sample ``(H, W, C)`` with 1, 3 or 4 channels, stretched to its own range."""
    if values.ndim != 3 or values.shape[2] not in (1, 3, 4):
        return None
    if not all(LEAST_SIDE <= side <= MOST_SIDE for side in values.shape[:2]):
        return None
    shown = values[:, :, :3] if values.shape[2] > 1 else values[:, :, 0]
    low, high = float(shown.min()), float(shown.max())
    scaled = (shown.astype(np.float64) - low) / ((high - low) or 1.0)
    return np.ascontiguousarray(np.rint(scaled * 255).astype(np.uint8))


def as_waves(values: FloatArray) -> NDArray[np.float64] | None:
    """Channels of a sample ``(steps,)`` or ``(..., steps, C)`` with all other axes one."""
    long = [size for size in values.shape if size > 1]
    if values.ndim == 0 or not long or len(long) > 2 or long[0] < LEAST_STEPS:
        return None
    channels = long[1] if len(long) == 2 else 1
    if channels > MOST_WAVES:
        return None
    waves = values.reshape(long[0], channels).T.astype(np.float64)
    return waves[:, :: math.ceil(long[0] / MOST_POINTS)]


def as_numbers(values: FloatArray) -> tuple[str, ...]:
    """The first values with their places."""
    sizes = values.shape or (1,)
    shown = [
        f"{', '.join(str(int(part)) for part in np.unravel_index(place, sizes))}:  {real(float(x))}"
        for place, x in enumerate(values.ravel()[:MOST_NUMBERS])
    ]
    left = values.size - len(shown)
    return (*shown, f"and {left} more") if left > 0 else tuple(shown)


def about_input(run: SampleRun) -> str:
    """Shape and range of the first input, and how many others there are."""
    values = run.inputs[0]
    sizes = "×".join(map(str, values.shape)) or "one number"
    low, high = real(float(values.min()), figures=3), real(float(values.max()), figures=3)
    others = f" · first of {len(run.inputs)} inputs" if len(run.inputs) > 1 else ""
    return f"{sizes} · {low} … {high}{others}"


def verdict(run: SampleRun) -> str:
    """What both networks say: the class, or the largest difference where there is one output."""
    floats, integers = run.floats[0].ravel(), run.integers[0].ravel()
    difference = f"up to {real(float(np.abs(floats - integers).max()), figures=3)} apart"
    if floats.size < 2:
        return difference
    label = f"label {run.label} · " if run.label is not None else ""
    said = f"float says {int(floats.argmax())}, integers say {int(integers.argmax())}"
    return f"{label}{said} · {difference}"


def output_pairs(floats: FloatArray, integers: FloatArray) -> tuple[OutputPair, ...]:
    """Values side by side in order; of many the largest of the float network."""
    chosen = np.arange(floats.size)
    if floats.size > MOST_OUTPUTS:
        chosen = np.sort(np.argsort(-floats, kind="stable")[:MOST_OUTPUTS])
    return tuple(OutputPair(int(n), float(floats[n]), float(integers[n])) for n in chosen)


def output_ends(outputs: tuple[OutputPair, ...]) -> tuple[float, float]:
    """Ends of the axis: all values and zero, with a little room."""
    values = [value for pair in outputs for value in (pair.float_value, pair.integer_value)]
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    room = (high - low) * 0.06 or 1.0
    return low - (room if low < 0 else 0.0), high + room


def saturation_text(item: Saturation) -> str:
    """Count and share; the share is left out for none."""
    return f"{whole(item.count)} · {percent(item.share)}" if item.count else "0"


def _saturations(run: SampleRun, names: Mapping[str, str]) -> tuple[Saturation, ...]:
    """All layers in order; of very many those that are saturated most."""
    found = [
        Saturation(layer, names.get(layer, layer), count, count / size if size else 0.0)
        for layer, (count, size) in run.saturated.items()
    ]
    if len(found) > MOST_LAYERS:
        found = sorted(found, key=lambda item: -item.share)[:MOST_LAYERS]
    return tuple(found)
