"""The base of all instructions."""

from __future__ import annotations

from dataclasses import dataclass

Pads2D = tuple[tuple[int, int], tuple[int, int]]  # ((top, bottom), (left, right))


@dataclass(frozen=True, eq=False)
class Instruction:
    """Base of all instructions.

    Parameters
    ----------
    layer
        Name of the graph's node that this instruction belongs to.
    inputs
        Tensor names; constants of the program may be among them.
    output
        The one tensor that it makes.
    """

    layer: str
    inputs: tuple[str, ...]
    output: str

    @property
    def states(self) -> tuple[str, ...]:
        """Tensors of its own that stay from one run of the network to the next."""
        return ()

    @property
    def memory(self) -> tuple[str, ...]:
        """Tensors of its own that are needed only while it runs."""
        return ()
