"""The integer network: what the simulator runs, the emitter prints and the cost model counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod

from tinyml_studio.arith.inttype import IntArray, IntType
from tinyml_studio.arith.profile import Arithmetic
from tinyml_studio.program.instructions import Instruction


@dataclass(frozen=True, slots=True)
class QuantizedTensor:
    """A tensor of the program: ``real = scale * (q - zero_point)``.

    `shape` is that of one sample; `scale` is exact in float32; an unpacked value takes one
    carrier of `type` (4-bit activations are held one to a byte).
    """

    name: str
    shape: tuple[int, ...]
    type: IntType
    scale: float
    zero_point: int

    @property
    def size(self) -> int:
        """Elements of one sample."""
        return prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of one sample in RAM."""
        return self.size * self.type.carrier.itemsize


@dataclass(frozen=True, eq=False)
class Program:
    """Instructions in order over named tensors.

    Parameters
    ----------
    name
        The model's name.
    arithmetic
        The profile that every instruction follows.
    tensors
        All tensors by name: inputs, constants, and one per instruction.
    constants
        Integer values of constant operands, by tensor name, in the carrier type.
    inputs, outputs
        Tensor names, in the order of the model's interface.
    instructions
        In execution order.
    """

    name: str
    arithmetic: Arithmetic
    tensors: Mapping[str, QuantizedTensor]
    constants: Mapping[str, IntArray]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    instructions: tuple[Instruction, ...]

    @cached_property
    def by_layer(self) -> Mapping[str, tuple[Instruction, ...]]:
        """The instructions of each layer, in order."""
        groups: dict[str, list[Instruction]] = {}
        for instruction in self.instructions:
            groups.setdefault(instruction.layer, []).append(instruction)
        return {layer: tuple(items) for layer, items in groups.items()}
