"""The inputs and outputs of a header by their names in C."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.emit.binding import c_type
from tinyml_studio.program.program import Program, QuantizedTensor


@dataclass(frozen=True, slots=True)
class Port:
    """One input or output.

    Parameters
    ----------
    name
        ``input``, ``input_1``, ``output`` ...: the plain name is the first.
    is_input
        Which side it is on.
    tensor
        The tensor of the program.
    """

    name: str
    is_input: bool
    tensor: QuantizedTensor

    @property
    def c_type(self) -> str:
        """The C type of an element."""
        return c_type(self.tensor.type)


def ports_of(program: Program) -> tuple[Port, ...]:
    """All inputs, then all outputs."""
    return tuple(
        Port(side if index == 0 else f"{side}_{index}", side == "input", program.tensors[tensor])
        for side, tensors in (("input", program.inputs), ("output", program.outputs))
        for index, tensor in enumerate(tensors)
    )
