"""Float values of a tensor beside its integers, for one chunk of samples.

Everything is float32, in the layout in which a kernel leaves its values: planes ``(N, C, H, W)``
or channels last. One value carries a relative error of 2**-23 at most, which is -138 dB; sums are
those of `metrics.inner`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.kernels.activation import Activation, image_shape
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.simulate.metrics import ErrorSums, inner
from tinyml_studio.simulate.trace import Held

_PLANE_RANKS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class GridNoise:
    """What the grid alone does to float values: they are brought on it and nothing else happens.

    Parameters
    ----------
    rounding
        Sum of squared errors of the values within the range, each half a step at most.
    clipping
        Sum of squared errors of the values that were clipped.
    clipped
        Number of values outside the grid's range by more than half a step.
    """

    rounding: float = 0.0
    clipping: float = 0.0
    clipped: int = 0

    def __add__(self, other: GridNoise) -> GridNoise:
        """The sums over both."""
        return GridNoise(
            self.rounding + other.rounding,
            self.clipping + other.clipping,
            self.clipped + other.clipped,
        )


class Reference:
    """Float values of one tensor, ``(n, *shape)``, and what follows from them, made when asked."""

    def __init__(self, tensor: QuantizedTensor, values: FloatArray) -> None:
        self.tensor = tensor
        self._scale = np.float32(tensor.scale)
        self._last = np.ascontiguousarray(values)

    def compare(self, made: Activation) -> ErrorSums:
        """The error of what a kernel made."""
        if made.is_channels_first:
            return self._sums(made.planes * self._scale, self._planes)
        return self._compare_integers(made.integers, channels_first=False)

    def compare_held(self, held: Held, part: slice) -> ErrorSums:
        """The error of some samples of a trace."""
        return self._compare_integers(held.array[part], channels_first=held.channels_first)

    @property
    def activation(self) -> Activation:
        """The values on the tensor's grid, as a kernel reads them."""
        return self._on_grid[0]

    @property
    def grid_noise(self) -> GridNoise:
        """What bringing them on the grid costs."""
        return self._on_grid[1]

    @cached_property
    def _signal(self) -> float:
        """Sum of squares."""
        return inner(self._last, self._last)

    @cached_property
    def _planes(self) -> FloatArray:
        """The values as ``(n, C, H, W)``."""
        height, width, channels = image_shape(self.tensor.shape)
        last = self._last.reshape(-1, height, width, channels)
        return np.ascontiguousarray(last.transpose(0, 3, 1, 2))

    @cached_property
    def _on_grid(self) -> tuple[Activation, GridNoise]:
        """Nearest grid points (ties to even, in float32), clipped; and the noise of that."""
        tensor = self.tensor
        is_plane = len(tensor.shape) in _PLANE_RANKS
        values = self._planes if is_plane else self._last
        low = np.float32(tensor.type.min - tensor.zero_point)
        high = np.float32(tensor.type.max - tensor.zero_point)
        steps = values / self._scale
        np.rint(steps, out=steps)
        outside = None
        if steps.min() < low or steps.max() > high:
            outside = (steps < low) | (steps > high)
            np.clip(steps, low, high, out=steps)
        error = steps * self._scale
        error -= values
        noise = _grid_noise(error, outside)
        if is_plane:
            return Activation(tensor, planes=steps), noise
        integers = (steps + np.float32(tensor.zero_point)).astype(tensor.type.carrier)
        return Activation(tensor, integers=integers), noise

    def _compare_integers(self, integers: np.ndarray, *, channels_first: bool) -> ErrorSums:
        """The error of integers in either layout."""
        values = integers.astype(np.float32)
        if self.tensor.zero_point:
            values -= np.float32(self.tensor.zero_point)
        values *= self._scale
        return self._sums(values, self._planes if channels_first else self._last)

    def _sums(self, values: FloatArray, reference: FloatArray) -> ErrorSums:
        """The sums over one chunk; `values` is overwritten with the error."""
        error = np.subtract(values, reference, out=values)
        return ErrorSums(
            count=error.size,
            signal=self._signal,
            noise=inner(error, error),
            cross=inner(reference, error),
            max_abs=float(max(error.max(), -error.min())),
        )


def _grid_noise(error: FloatArray, outside: np.ndarray | None) -> GridNoise:
    """Split the squared error by whether a value lay outside the range; `error` is overwritten."""
    if outside is None:
        return GridNoise(rounding=inner(error, error))
    beyond = error[outside]
    error[outside] = 0.0  # the difference of the two sums would lose the smaller one
    return GridNoise(inner(error, error), inner(beyond, beyond), beyond.size)
