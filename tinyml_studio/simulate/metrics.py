"""How far an approximation is from its reference, in the field's four figures.

Everywhere f is the reference and e = q - f the error of the approximation q, over all elements of
all samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import FloatArray

_ROW = 8192  # elements that are summed in float32 before float64 takes over


@dataclass(frozen=True, slots=True)
class ErrorSums:
    """Sums from which every figure follows; those of two batches add up to those of both.

    Parameters
    ----------
    count
        Elements compared.
    signal
        Sum of f**2.
    noise
        Sum of e**2.
    cross
        Sum of f * e.
    max_abs
        Largest ``|e|``; 0 when nothing was compared.
    """

    count: int = 0
    signal: float = 0.0
    noise: float = 0.0
    cross: float = 0.0
    max_abs: float = 0.0

    def __add__(self, other: ErrorSums) -> ErrorSums:
        """The sums over both."""
        return ErrorSums(
            self.count + other.count,
            self.signal + other.signal,
            self.noise + other.noise,
            self.cross + other.cross,
            max(self.max_abs, other.max_abs),
        )

    @property
    def sqnr_db(self) -> float:
        """Signal to quantization noise ratio, ``10 log10(sum f**2 / sum e**2)``, in dB.

        Infinite without noise (a zero signal that is met exactly included), minus infinity for
        noise on a zero signal, NaN when nothing was compared.
        """
        if self.count == 0:
            return math.nan
        if self.noise == 0.0:
            return math.inf
        if self.signal == 0.0:
            return -math.inf
        return 10.0 * (math.log10(self.signal) - math.log10(self.noise))

    @property
    def mse(self) -> float:
        """Mean of e**2, in the square of the tensor's own unit; NaN when nothing was compared."""
        return self.noise / self.count if self.count else math.nan

    @property
    def cosine(self) -> float:
        """Cosine similarity ``sum f q / sqrt(sum f**2 sum q**2)``, within [-1, 1].

        1 when both are zero everywhere, 0 when only one is, NaN when nothing was compared.
        """
        if self.count == 0:
            return math.nan
        if self.noise == 0.0:
            return 1.0
        power = max(0.0, self.signal + 2.0 * self.cross + self.noise)
        if self.signal == 0.0 or power == 0.0:
            return 0.0
        ratio = (self.signal + self.cross) / (math.sqrt(self.signal) * math.sqrt(power))
        return min(1.0, max(-1.0, ratio))


def error_sums(reference: NDArray[Any], approximation: NDArray[Any]) -> ErrorSums:
    """Compare two arrays of one shape, any float type; computed in float64."""
    f = reference.astype(np.float64).ravel()
    e = approximation.astype(np.float64).ravel() - f
    return ErrorSums(
        count=f.size,
        signal=float(f @ f),
        noise=float(e @ e),
        cross=float(f @ e),
        max_abs=float(np.abs(e).max(initial=0.0)),
    )


def sqnr_db(reference: NDArray[Any], approximation: NDArray[Any]) -> float:
    """`ErrorSums.sqnr_db` of two arrays of one shape."""
    return error_sums(reference, approximation).sqnr_db


def mse(reference: NDArray[Any], approximation: NDArray[Any]) -> float:
    """`ErrorSums.mse` of two arrays of one shape."""
    return error_sums(reference, approximation).mse


def cosine(reference: NDArray[Any], approximation: NDArray[Any]) -> float:
    """`ErrorSums.cosine` of two arrays of one shape."""
    return error_sums(reference, approximation).cosine


def max_abs(reference: NDArray[Any], approximation: NDArray[Any]) -> float:
    """Largest absolute difference of two arrays of one shape; 0 when they are empty."""
    return error_sums(reference, approximation).max_abs


def inner(first: FloatArray, second: FloatArray) -> float:
    """Inner product of two C-contiguous float32 arrays of one shape, for big ones.

    Products are summed in float32 within rows of 8192 elements and in float64 beyond: for squares
    the relative error stays below 1e-5, that is 0.00005 dB.
    """
    a, b = first.reshape(-1), second.reshape(-1)
    whole = a.size - a.size % _ROW
    rows = np.vecdot(a[:whole].reshape(-1, _ROW), b[:whole].reshape(-1, _ROW))
    return float(rows.sum(dtype=np.float64)) + float(a[whole:] @ b[whole:])
