"""When each tensor of a program is needed, and which tensors can be one buffer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tinyml_studio.program.instructions import (
    Add,
    AddFloat32,
    Concat,
    Div,
    DivFloat32,
    Extremum,
    Instruction,
    Interpolate,
    LeakyRelu,
    Logistic16,
    Lookup,
    Mul,
    MulFloat32,
    Piecewise,
    PRelu,
    Requantize,
    RequantizeFloat32,
    Reshape,
    SquaredDifference,
)
from tinyml_studio.program.program import Program, QuantizedTensor
from tinyml_studio.program.views import moved_bytes

Shared = tuple[str, str, int]

ELEMENTWISE = (
    Add, Mul, Requantize, Lookup, Interpolate, Logistic16, LeakyRelu, AddFloat32, MulFloat32,
    RequantizeFloat32, Div, DivFloat32, Extremum, PRelu, Piecewise,
    SquaredDifference,
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


@dataclass(frozen=True, slots=True, eq=False)
class Buffer:
    """Tensors that share one place: a tensor, views of it, and what is computed in place.

    `places` has the first byte of each tensor in the buffer.
    """

    tensors: tuple[str, ...]
    places: tuple[int, ...]
    size: int
    lifetime: Lifetime

    def place(self, tensor: str) -> int:
        """First byte of a tensor in the buffer."""
        return self.places[self.tensors.index(tensor)]

    def with_(self, other: Buffer, at: int) -> Buffer:
        """Both as one buffer, in which the other begins at byte `at`."""
        return Buffer(
            self.tensors + other.tensors,
            self.places + tuple(at + place for place in other.places),
            max(self.size, at + other.size),
            self.lifetime.joined(other.lifetime),
        )


def state_tensors(program: Program) -> tuple[str, ...]:
    """Tensors that stay from one run to the next, in order."""
    return tuple(name for item in program.instructions for name in item.states)


def tensor_lifetimes(program: Program, moved: Collection[str] = ()) -> Mapping[str, Lifetime]:
    """The lifetime of every tensor that lies in RAM, in order of creation.

    Constants lie elsewhere; states always live. Instructions that write one of `moved` begin with
    a copy of their operand, which then ends one step earlier.
    """
    end = len(program.instructions)
    first = dict.fromkeys(program.inputs, -1)
    first |= {item.output: step for step, item in enumerate(program.instructions)}
    last = dict(first)
    for step, item in enumerate(program.instructions):
        needed = step - 1 if item.output in moved else step
        last |= {name: needed for name in item.inputs if name in first}
    last |= dict.fromkeys((name for name in program.outputs if name in first), end)
    lifetimes = {name: Lifetime(first[name], last[name]) for name in first}
    for step, item in enumerate(program.instructions):
        lifetimes |= {name: Lifetime(step, step) for name in item.memory}
    return lifetimes | {name: Lifetime(-1, end) for name in state_tensors(program)}


def shared_buffers(
    program: Program,
    *,
    in_place: bool,
    views: Collection[str] = (),
    moved: Collection[str] = (),
) -> tuple[Buffer, ...]:
    """Buffers of all tensors in RAM but states; a Reshape is always a view.

    With `in_place`, elementwise instructions write over an operand that dies there. `views` are
    outputs of `view_candidates` whose instructions shall move nothing, where that is possible;
    `moved` are those of instructions that begin with a copy of their operand.
    """
    lifetimes, states = tensor_lifetimes(program, moved), frozenset(state_tensors(program))
    held = {
        name: Buffer((name,), (0,), program.tensors[name].nbytes, lifetime)
        for name, lifetime in lifetimes.items()
        if name not in states
    }
    for step, item in enumerate(program.instructions):
        shared = _views(program, item, held) if _is_wanted(item, views) else None
        if shared is None and in_place:
            shared = _in_place(program, item, held, step)
        for host, guest, at in shared or ():
            merged = held[host].with_(held[guest], held[host].place(host) + at)
            held |= dict.fromkeys(merged.tensors, merged)
    return tuple(dict.fromkeys(held.values()))


def _is_wanted(item: Instruction, views: Collection[str]) -> bool:
    return isinstance(item, Reshape) or item.output in views


def _views(
    program: Program, item: Instruction, held: Mapping[str, Buffer]
) -> tuple[Shared, ...] | None:
    """How an instruction that moves nothing shares places: host, guest, and the byte between."""
    moved = moved_bytes(program, item)
    if moved is None or any(name not in held for name in item.inputs):
        return None
    if not isinstance(item, Concat):
        return ((item.inputs[0], item.output, moved[0]),)
    parts = [held[name] for name in item.inputs]
    whole = all(
        part.size == program.tensors[name].nbytes and part.place(name) == 0
        for part, name in zip(parts, item.inputs, strict=True)
    )
    if not whole or len(set(parts)) < len(parts):
        return None
    return tuple((item.output, name, at) for name, at in zip(item.inputs, moved, strict=True))


def _in_place(
    program: Program, item: Instruction, held: Mapping[str, Buffer], step: int
) -> tuple[Shared, ...] | None:
    """The operand that an instruction can write its result over, if there is one."""
    if not isinstance(item, ELEMENTWISE):
        return None
    output = program.tensors[item.output]
    for name in item.inputs:
        if name not in held or held[name].lifetime.last != step:
            continue
        beside = [other for other in item.inputs if held.get(other) is held[name]]
        if all(
            _covers(program.tensors[other], output)
            and not _partly_overlap(program, held[name], name, other)
            for other in beside
        ):
            return ((name, item.output, 0),)
    return None


def _partly_overlap(program: Program, buffer: Buffer, first: str, second: str) -> bool:
    """Whether two tensors of a buffer overlap without beginning at one place."""
    one, other = buffer.place(first), buffer.place(second)
    if one == other:
        return False
    return (
        one < other + program.tensors[second].nbytes and other < one + program.tensors[first].nbytes
    )


def _covers(operand: QuantizedTensor, output: QuantizedTensor) -> bool:
    """As many elements (so nothing is broadcast) and a carrier that is not narrower."""
    wide_enough = operand.type.carrier.itemsize >= output.type.carrier.itemsize
    return operand.size == output.size and wide_enough
