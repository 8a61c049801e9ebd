"""Runs the instructions of a program over one chunk of samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.registry import execute
from tinyml_studio.kernels.states import States
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program

# of the largest tensor in one chunk: enough to spread the calls' overhead, small in memory
_CHUNK_ELEMENTS = 1 << 19


@dataclass(frozen=True, eq=False)
class Plan:
    """The instructions that must run, and where each of their values is used last.

    `releases` holds, for every instruction, the tensors that nothing later reads.
    """

    program: Program
    instructions: tuple[Instruction, ...]
    releases: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, program: Program, known: frozenset[str]) -> Plan:
        """Everything that makes a tensor whose values are not known."""
        needed = tuple(item for item in program.instructions if item.output not in known)
        last = {name: i for i, item in enumerate(needed) for name in (*item.inputs, item.output)}
        releases: list[list[str]] = [[] for _ in needed]
        for name, i in last.items():
            releases[i].append(name)
        return cls(program, needed, tuple(map(tuple, releases)))

    @property
    def reads(self) -> frozenset[str]:
        """Tensors that must be there before the first instruction; constants are not."""
        made = {item.output for item in self.instructions}
        read = {name for item in self.instructions for name in item.inputs}
        return frozenset(read - made - set(self.program.constants))

    def run(
        self,
        start: Mapping[str, Activation],
        step: Callable[[], None],
        states: States | None = None,
    ) -> Iterator[tuple[str, Activation]]:
        """Every tensor that the instructions make, in order; `step` is called before each.

        With `states` the samples follow each other, and so do those of the next call.
        """
        activations = dict(start)
        for item, released in zip(self.instructions, self.releases, strict=True):
            step()
            made = execute(self.program, item, activations, states)
            activations[item.output] = made
            yield item.output, made
            for name in released:
                activations.pop(name, None)


def chunks(program: Program, count: int) -> list[slice]:
    """Slices of `count` samples, small enough for the cache, for a batch of any size."""
    largest = max(tensor.size for tensor in program.tensors.values())
    size = max(1, _CHUNK_ELEMENTS // max(1, largest))
    return [slice(begin, min(begin + size, count)) for begin in range(0, count, size)]


def activations(
    program: Program, values: Mapping[str, IntArray], part: slice
) -> dict[str, Activation]:
    """The samples of a chunk."""
    return {
        name: Activation(program.tensors[name], integers=array[part])
        for name, array in values.items()
    }
