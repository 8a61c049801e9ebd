"""Calls that were made before: an edit changes one layer, and the others keep what they had."""

from __future__ import annotations

from typing import Protocol
from weakref import WeakKeyDictionary

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.emit.call import KernelCall
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program, QuantizedTensor

Calls = tuple[KernelCall, ...]
Surroundings = tuple[bool, tuple[QuantizedTensor, ...], tuple[IntArray | None, ...]]


class CallsOf(Protocol):
    """What writes the calls of an instruction."""

    def __call__(
        self, instruction: Instruction, program: Program, *, scratch: bool = False
    ) -> Calls:
        """The calls, in order; `scratch` says that the instruction has scratch memory."""


def known_calls(make: CallsOf) -> CallsOf:
    """Remember what `make` answers for an instruction, its tensors and its constant operands.

    The calls live as long as their instruction. Two threads may make the same; both are right.
    """
    held: WeakKeyDictionary[Instruction, list[tuple[Surroundings, Calls]]] = WeakKeyDictionary()

    def calls(instruction: Instruction, program: Program, *, scratch: bool = False) -> Calls:
        around = _surroundings(instruction, program, scratch=scratch)
        known = held.setdefault(instruction, [])
        for other, found in known:
            if _same(other, around):
                return found
        made = make(instruction, program, scratch=scratch)
        known.append((around, made))
        return made

    return calls


def _surroundings(item: Instruction, program: Program, *, scratch: bool) -> Surroundings:
    """All that the calls of an instruction are made from besides itself."""
    names = (*item.inputs, item.output, *item.states, *item.memory)
    tensors = tuple(program.tensors[name] for name in names)
    return scratch, tensors, tuple(program.constants.get(name) for name in item.inputs)


def _same(one: Surroundings, other: Surroundings) -> bool:
    """Whether nothing differs; of constants only whether they are the very same arrays."""
    constants = zip(one[2], other[2], strict=True)
    return one[:2] == other[:2] and all(first is second for first, second in constants)
