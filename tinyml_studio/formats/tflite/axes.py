"""Axes of the file, which count the batch, as axes of a sample."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed, Refused


def sample_axis(axis: int, rank: int) -> int:
    """The axis of a sample of `rank` axes; negative ones count from the end.

    Raises
    ------
    Malformed
        If there is no such axis.
    Refused
        If it is the batch.
    """
    if not -rank - 1 <= axis <= rank:
        raise Malformed(f"it names axis {axis} of {rank + 1}")
    place = axis if axis >= 0 else axis + rank + 1
    if place == 0:
        raise Refused("it works across the samples of a batch")
    return place - 1
