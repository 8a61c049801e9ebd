"""Arithmetic profiles: which engine's rounding a program is written for, as a value."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    name: str
    title: str


TFLM = Arithmetic("tflm", "TFLite-Micro: Q31 multiplier, double rounding in every operator")
ARITHMETICS = {profile.name: profile for profile in (TFLM,)}


def arithmetic(name: str) -> Arithmetic:
    """Look a profile up by name.

    Raises
    ------
    SchemeError
        If there is none of that name.
    """
    if name not in ARITHMETICS:
        raise SchemeError(
            f"The arithmetic {name!r} is not available",
            hint=f"available: {', '.join(ARITHMETICS)}",
        )
    return ARITHMETICS[name]
