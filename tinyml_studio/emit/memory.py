"""Where every tensor lives, as C expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tinyml_studio.emit.binding import c_type
from tinyml_studio.program.program import QuantizedTensor


@dataclass(frozen=True, slots=True)
class Memory:
    """Offsets in the arena, and the names of constants in flash, by tensor name."""

    offsets: Mapping[str, int]
    constants: Mapping[str, str]

    def read(self, tensor: QuantizedTensor, *, base: str = "memory") -> str:
        """A pointer to a tensor that is only read."""
        if tensor.name in self.constants:
            return self.constants[tensor.name]
        return self._pointer(f"const {c_type(tensor.type)}", "const void", tensor, base)

    def write(self, tensor: QuantizedTensor, *, base: str = "memory") -> str:
        """A pointer to a tensor that is written."""
        return self._pointer(c_type(tensor.type), "void", tensor, base)

    def _pointer(self, type_: str, untyped: str, tensor: QuantizedTensor, base: str) -> str:
        # over void where the alignment grows, which the plan of the arena takes care of
        through = f"({untyped} *)" if tensor.type.carrier.itemsize > 1 else ""
        return f"({type_} *){through}({base} + {self.offsets[tensor.name]})"
