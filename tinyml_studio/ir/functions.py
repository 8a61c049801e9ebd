"""Functions of one real value by name, in float64: what `Function` computes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Definition = Callable[[Reals, float, float], Any]

_ROOT_TWO_OVER_PI = math.sqrt(2.0 / math.pi)

_erf = np.vectorize(math.erf, otypes=[np.float64])


def _expm1_below_zero(x: Reals) -> Reals:
    return np.asarray(np.expm1(np.minimum(x, 0.0)))


def _sigmoid(x: Reals) -> Reals:
    # the form with tanh cannot overflow
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * x))


def _softplus(x: Reals) -> Reals:
    return np.asarray(np.logaddexp(0.0, x))


def _elu(x: Reals, alpha: float, _: float) -> Reals:
    return np.where(x > 0, x, alpha * _expm1_below_zero(x))


def _selu(x: Reals, alpha: float, gamma: float) -> Reals:
    return gamma * _elu(x, alpha, gamma)


def _celu(x: Reals, alpha: float, _: float) -> Reals:
    return np.where(x > 0, x, alpha * _expm1_below_zero(x / alpha))


def _gelu_tanh(x: Reals, *_: float) -> Reals:
    return np.asarray(0.5 * x * (1.0 + np.tanh(_ROOT_TWO_OVER_PI * (x + 0.044715 * x**3))))


FUNCTIONS: Mapping[str, Definition] = MappingProxyType(
    {
        "Abs": lambda x, *_: np.abs(x),
        "Bipolar": lambda x, _, gamma: np.where(x >= 0, gamma, -gamma),
        "Ceil": lambda x, *_: np.ceil(x),
        "Celu": _celu,
        "Cos": lambda x, *_: np.cos(x),
        "Elu": _elu,
        "Erf": lambda x, *_: _erf(x),
        "Exp": lambda x, *_: np.exp(x),
        "Floor": lambda x, *_: np.floor(x),
        "Gelu": lambda x, *_: 0.5 * x * (1.0 + _erf(x / math.sqrt(2.0))),
        "GeluTanh": _gelu_tanh,
        "Log": lambda x, *_: np.log(x),
        "Mish": lambda x, *_: x * np.tanh(_softplus(x)),
        "Pow": lambda x, alpha, _: np.power(x, alpha),
        "Reciprocal": lambda x, *_: 1.0 / x,
        "Round": lambda x, *_: np.rint(x),
        "Rsqrt": lambda x, *_: 1.0 / np.sqrt(x),
        "Selu": _selu,
        "Sign": lambda x, *_: np.sign(x),
        "Silu": lambda x, *_: x * _sigmoid(x),
        "Sin": lambda x, *_: np.sin(x),
        "Softplus": lambda x, *_: _softplus(x),
        "Softsign": lambda x, *_: x / (1.0 + np.abs(x)),
        "Sqrt": lambda x, *_: np.sqrt(x),
        "Square": lambda x, *_: x * x,
        "ThresholdedRelu": lambda x, alpha, _: np.where(x > alpha, x, 0.0),
    }
)
"""``function(x, alpha, gamma)`` by the name that people know it by."""


def evaluate(name: str, x: NDArray[Any], *, alpha: float = 1.0, gamma: float = 1.0) -> Reals:
    """The function at every value; infinite or no number where it is not defined."""
    with np.errstate(all="ignore"):
        return np.asarray(FUNCTIONS[name](x.astype(np.float64), alpha, gamma), np.float64)
