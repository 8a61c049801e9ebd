"""The checksum of a layer's output: the same in the self-test of the header and in a trace."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.program.program import Program

_START = 0x811C9DC5
_FACTOR = 0x01000193


def checksum(values: IntArray) -> int:
    """A number of 32 bits that differs when any one value differs.

    A polynomial in `_FACTOR` modulo 2**32 with the values in C order as coefficients: in C a
    multiplication and an addition per value, here a product with powers.
    """
    return int(checksums(values[None])[0])


def checksums(values: IntArray) -> NDArray[np.uint32]:
    """The checksums of N samples ``(N, *shape)``, shape ``(N,)``."""
    flat = np.ascontiguousarray(values).reshape(len(values), -1)
    factors = np.full(flat.shape[1] + 1, _FACTOR, np.uint32)
    factors[0] = 1
    powers = np.multiply.accumulate(factors, dtype=np.uint32)[::-1]
    start = np.uint32(_START) * powers[:1]
    result: NDArray[np.uint32] = flat.astype(np.uint32) @ powers[1:] + start
    return result


def layer_outputs(program: Program) -> tuple[tuple[str, str], ...]:
    """Layers in program order, each with the name of its final tensor."""
    return tuple((layer, items[-1].output) for layer, items in program.by_layer.items())


def layer_checksums(program: Program, values: Mapping[str, IntArray]) -> NDArray[np.uint32]:
    """Checksum of every layer's final tensor for N samples of a trace, shape ``(N, layers)``.

    Parameters
    ----------
    program
        The program that made the trace.
    values
        Integers of every tensor, each ``(N, *shape)`` in the carrier type.
    """
    columns = [checksums(values[tensor]) for _, tensor in layer_outputs(program)]
    return np.stack(columns, axis=1)
