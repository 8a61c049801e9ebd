"""Whether two states say the same, so that nothing is drawn again for it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import numpy as np


def alike(first: object, second: object) -> bool:
    """Whether two states, and all arrays and states within them, are equal."""
    if first is second:
        return True
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        return np.array_equal(first, second)
    if isinstance(first, np.ndarray) or isinstance(second, np.ndarray):
        return False
    if is_dataclass(first) and type(first) is type(second):
        names = [held.name for held in fields(first)]
        return all(alike(getattr(first, name), getattr(second, name)) for name in names)
    return first == second
