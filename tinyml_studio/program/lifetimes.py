"""When each tensor of a program is needed, and which tensors can be one buffer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tinyml_studio.program.instructions import (
    Add,
    AddFloat32,
    Extremum,
    Instruction,
    Interpolate,
    LeakyRelu,
    Logistic16,
    Lookup,
    Mul,
    MulFloat32,
    PRelu,
    Requantize,
    RequantizeFloat32,
    Reshape,
)
from tinyml_studio.program.program import Program, QuantizedTensor

ELEMENTWISE = (
    Add, Mul, Requantize, Lookup, Interpolate, Logistic16, LeakyRelu, AddFloat32, MulFloat32,
    RequantizeFloat32, Extremum, PRelu,
)  # fmt: skip
"""Instructions whose element i depends on element i of an operand.

They may write their result over an operand of as many elements, whose carrier is no narrower than
the result's, when nobody needs the operand any more: element i is written after it is read, and in
a wider operand it covers only elements that were read before. Kernels therefore go upwards.
"""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Steps, both ends included, in which a tensor's bytes must not be touched by others.

    Step k is the instruction with index k; inputs live from step -1, outputs until the step after
    the last instruction.
    """

    first: int
    last: int

    def meets(self, other: Lifetime) -> bool:
        """Whether both live in some step."""
        return self.first <= other.last and other.first <= self.last

    def joined(self, other: Lifetime) -> Lifetime:
        """From the earlier beginning to the later end."""
        return Lifetime(min(self.first, other.first), max(self.last, other.last))


@dataclass(frozen=True, slots=True)
class Buffer:
    """Tensors that share one place: a tensor, views of it, and what is computed in place."""

    tensors: tuple[str, ...]
    size: int
    lifetime: Lifetime

    def joined(self, other: Buffer) -> Buffer:
        """Both as one buffer."""
        return Buffer(
            self.tensors + other.tensors,
            max(self.size, other.size),
            self.lifetime.joined(other.lifetime),
        )


def state_tensors(program: Program) -> tuple[str, ...]:
    """Tensors that stay from one run to the next, in order."""
    return tuple(name for item in program.instructions for name in item.states)


def tensor_lifetimes(program: Program) -> Mapping[str, Lifetime]:
    """The lifetime of every tensor that lies in RAM, in order of creation.

    Constants lie elsewhere; states always live.
    """
    end = len(program.instructions)
    first = dict.fromkeys(program.inputs, -1)
    first |= {item.output: step for step, item in enumerate(program.instructions)}
    last = dict(first)
    for step, item in enumerate(program.instructions):
        last |= {name: step for name in item.inputs if name in first}
    last |= dict.fromkeys((name for name in program.outputs if name in first), end)
    lifetimes = {name: Lifetime(first[name], last[name]) for name in first}
    for step, item in enumerate(program.instructions):
        lifetimes |= {name: Lifetime(step, step) for name in item.memory}
    return lifetimes | {name: Lifetime(-1, end) for name in state_tensors(program)}


def shared_buffers(program: Program, *, in_place: bool) -> tuple[Buffer, ...]:
    """Buffers of all tensors in RAM but states; a Reshape is always a view.

    With `in_place`, elementwise instructions write over an operand that dies there.
    """
    lifetimes, states = tensor_lifetimes(program), frozenset(state_tensors(program))
    held = {
        name: Buffer((name,), program.tensors[name].nbytes, lifetime)
        for name, lifetime in lifetimes.items()
        if name not in states
    }
    for step, item in enumerate(program.instructions):
        source = _overwritten(program, item, held, step) if in_place else None
        if isinstance(item, Reshape) and item.inputs[0] in held:
            source = item.inputs[0]
        if source is not None:
            merged = held[source].joined(held[item.output])
            held |= dict.fromkeys(merged.tensors, merged)
    return tuple(dict.fromkeys(held.values()))


def _overwritten(
    program: Program, item: Instruction, held: Mapping[str, Buffer], step: int
) -> str | None:
    """The operand that an instruction can write its result over, if there is one."""
    if not isinstance(item, ELEMENTWISE):
        return None
    output = program.tensors[item.output]
    for name in item.inputs:
        if name not in held or held[name].lifetime.last != step:
            continue
        beside = [other for other in item.inputs if held.get(other) is held[name]]
        if all(_covers(program.tensors[other], output) for other in beside):
            return name
    return None


def _covers(operand: QuantizedTensor, output: QuantizedTensor) -> bool:
    """As many elements (so nothing is broadcast) and a carrier that is not narrower."""
    wide_enough = operand.type.carrier.itemsize >= output.type.carrier.itemsize
    return operand.size == output.size and wide_enough
