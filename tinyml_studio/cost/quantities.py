"""The quantities that the instructions of a kernel's call grow with."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Work = NDArray[np.float64]
Counts = Mapping[str, float]

QUANTITIES = (
    "calls",
    "lines",
    "columns",
    "pixels",
    "border pixels",
    "pairs",
    "groups",
    "runs",
    "odd runs",
    "blocks",
    "rest",
    "misaligned",
    "outputs",
    "limited",
    "padded runs",
    "padded blocks",
    "gathered runs",
    "gathered blocks",
    "gathered rest",
    "border runs",
    "border blocks",
    "border rest",
    "single groups",
    "single runs",
    "single blocks",
)
"""How often the loops of a kernel run, from the outermost inwards; each kernel has some of them.

`lines`, `columns` and `pixels` are those of the output; a `group` is what a kernel computes at
once, as two channels of two pixels, a `run` a part of its products whose values are neighbours in
memory, a `block` what one step of the innermost loop takes, and `rest` what its blocks leave over.
`odd runs` have a last step of their own; `limited` are outputs that pass a second limit; `padded`
is what stands for taps in the padding, `gathered` what is copied from windows inside the input,
`border` from those that leave it; `single` is the same work without a partner to share it with."""


def vector(counts: Counts) -> Work:
    """The quantities as a vector, ``(25,)`` in the order of `QUANTITIES`.

    Raises
    ------
    KeyError
        If one has no such name.
    """
    unknown = set(counts) - set(QUANTITIES)
    if unknown:
        raise KeyError(f"no quantity is called {', '.join(sorted(unknown))}")
    return np.array([counts.get(name, 0.0) for name in QUANTITIES], np.float64)


def up(count: int, block: int) -> int:
    """Blocks that hold so many."""
    return -(-count // block)
