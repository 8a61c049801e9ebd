"""Arithmetic profiles: which engine's rounding a program is written for, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.errors import SchemeError


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """One engine's integer arithmetic; the simulator and the header both follow it.

    Parameters
    ----------
    name
        The name in the project file and on the command line.
    title
        One line for a person.
    rounding
        Wherever an accumulator is multiplied onto the output's grid.
    fully_connected
        The same in fully connected layers.
    average
        The quotients of average pools.
    powers_of_two
        Whether every scale is a power of two and every zero point 0, so that a multiplier is a
        shift.
    real_factors
        Whether fully connected layers multiply by the real factor in float64 instead of its 31
        bits; the multipliers are then chosen to give those integers.
    unsigned_in_float32
        Whether images of a file's unsigned 8-bit values are resized, and such values joined from
        several grids, in float32 steps; the kernels that do so average them with ties up, too.
    short_factors
        Whether 8-bit values are added, and scaled by slopes and between pixels, in the fixed point
        of XNNPACK: factors of 21, 8 and 11 bits, and one rounding with ties up.
    delegate
        The arithmetic of the operators that the engine hands on to another one; None for none.
    """

    name: str
    title: str
    rounding: Rounding = Rounding.DOUBLE
    fully_connected: Rounding = Rounding.DOUBLE
    average: Rounding = Rounding.HALF_AWAY
    powers_of_two: bool = False
    real_factors: bool = False
    unsigned_in_float32: bool = False
    short_factors: bool = False
    delegate: Arithmetic | None = None

    @property
    def is_float32(self) -> bool:
        """Whether accumulators are multiplied, and values added and divided, in float32."""
        return self.rounding is Rounding.FLOAT32

    @property
    def has_tflite_tables(self) -> bool:
        """Whether functions of 8-bit values have the integers of TFLite's kernels."""
        return not (self.powers_of_two or self.is_float32)


def _powers_of_two(name: str, rounding: Rounding, engine: str) -> Arithmetic:
    """Scales that are powers of two, with one rounding everywhere."""
    return Arithmetic(
        name,
        f"power-of-two scales, shifts that round {rounding.value} ({engine})",
        rounding=rounding,
        fully_connected=rounding,
        average=rounding,
        powers_of_two=True,
    )


TFLM = Arithmetic("tflm", "TFLite-Micro: Q31 multiplier, double rounding in every operator")
TFLM_SINGLE = Arithmetic(
    "tflm-single",
    "TFLite-Micro with TFLITE_SINGLE_ROUNDING: Q31 multiplier, one rounding, ties up",
    rounding=Rounding.HALF_UP,
    fully_connected=Rounding.HALF_UP,
)
LITERT = Arithmetic(
    "litert",
    "LiteRT's reference kernels: as tflm, fully connected layers round once, ties away from zero",
    fully_connected=Rounding.HALF_AWAY,
    real_factors=True,
    unsigned_in_float32=True,
)
_XNNPACK = ("xnnpack", "LiteRT as it comes on a desktop, which hands most layers on to XNNPACK")
XNNPACK = replace(
    LITERT,
    name=_XNNPACK[0],
    title=_XNNPACK[1],
    delegate=Arithmetic(
        *_XNNPACK, rounding=Rounding.FLOAT32, fully_connected=Rounding.FLOAT32, short_factors=True
    ),
)
POW2 = _powers_of_two("pow2", Rounding.HALF_EVEN, "ESP-DL on ESP32-P4")
POW2_HALF_UP = _powers_of_two("pow2-half-up", Rounding.HALF_UP, "ESP-DL on ESP32-S3, NNoM")
POW2_FLOOR = _powers_of_two("pow2-floor", Rounding.FLOOR, "PULP, NNoM with truncation")

ONNX = Arithmetic(
    "onnx",
    "ONNX Runtime: float32 multipliers, ties to even, as its QLinear kernels on x86-64",
    rounding=Rounding.FLOAT32,
    fully_connected=Rounding.FLOAT32,
    average=Rounding.FLOAT32,
)

ARITHMETICS: Mapping[str, Arithmetic] = MappingProxyType(
    {
        profile.name: profile
        for profile in (TFLM, TFLM_SINGLE, LITERT, XNNPACK, ONNX, POW2, POW2_HALF_UP, POW2_FLOOR)
    }
)
_OTHER_NAMES = {"pow2-half-even": POW2.name}


def arithmetic(name: str) -> Arithmetic:
    """Look a profile up by name; ``pow2-half-even`` is another name of ``pow2``.

    Raises
    ------
    SchemeError
        If there is none of that name.
    """
    found = ARITHMETICS.get(_OTHER_NAMES.get(name, name))
    if found is None:
        raise SchemeError(
            f"The arithmetic {name!r} is not available",
            hint=f"available: {', '.join(ARITHMETICS)}",
        )
    return found
