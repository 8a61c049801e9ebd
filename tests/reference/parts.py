"""What a case is built from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import QuantizedTensor


@dataclass(frozen=True, eq=False)
class Parts:
    """One instruction, the tensors that it reads, makes and has for itself; some are constant."""

    instruction: Instruction
    operands: tuple[QuantizedTensor, ...]
    output: QuantizedTensor
    constants: Mapping[str, IntArray] = field(default_factory=dict)
    own: tuple[QuantizedTensor, ...] = ()
