"""The integer network over samples: all its values, or its outputs only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.states import States, reset_states
from tinyml_studio.lower.bounds import check_accumulators, check_instructions
from tinyml_studio.program.program import Program
from tinyml_studio.progress import Progress, in_turns, silent
from tinyml_studio.simulate.engine import Plan, activations, chunks
from tinyml_studio.simulate.reuse import still_valid
from tinyml_studio.simulate.trace import Held, Trace, Values

__all__ = ["Inputs", "States", "Trace", "outputs", "run", "states_of"]

Inputs = Mapping[str, IntArray] | Sequence[IntArray]

_WHAT = "simulating"


def run(
    program: Program,
    inputs: Inputs,
    *,
    previous: Trace | None = None,
    states: States | None = None,
    progress: Progress = silent,
) -> Trace:
    """Every integer of the network for a batch, exact to the last bit.

    Parameters
    ----------
    program
        The integer network.
    inputs
        ``(N, *shape)`` in the carrier type and the graph's layout, by name or in program order.
    previous
        A trace whose values are taken over wherever instruction and inputs are unchanged.
    states
        Where the samples follow each other: what the network holds, before and then after them.
    progress
        Told before every instruction of every chunk of samples.

    Raises
    ------
    SchemeError
        If an accumulator could overflow.
    ValueError
        If the inputs do not fit the program.
    """
    given = _checked(program, inputs)
    known = still_valid(program, given, previous if states is None else None)
    plan = Plan.of(program, known)
    check_instructions(in_turns(plan.instructions), program.tensors, program.constants)
    held = _kept(program, given, known, previous)
    start = {name: held[name].values for name in plan.reads}
    held |= _run_chunks(plan, start, len(next(iter(given.values()))), progress, states=states)
    names = (*program.inputs, *(item.output for item in program.instructions))
    layers = dict.fromkeys(item.layer for item in plan.instructions)
    return Trace(program, Values({name: held[name] for name in names}), tuple(layers))


def outputs(
    program: Program,
    batches: Iterable[Inputs],
    *,
    stream: bool = False,
    progress: Progress = silent,
) -> Iterator[tuple[IntArray, ...]]:
    """The output tensors ``(N, *shape)`` of every batch; nothing else is kept.

    With `stream` all samples follow each other, else every one begins after a reset.

    Raises
    ------
    SchemeError
        If an accumulator could overflow.
    ValueError
        If a batch does not fit the program.
    """
    check_accumulators(program)
    plan = Plan.of(program, frozenset())
    states = states_of(program) if stream else None
    for batch in batches:
        given = _checked(program, batch)
        count = len(next(iter(given.values())))
        only = frozenset(program.outputs)
        made = _run_chunks(plan, given, count, progress, only=only, states=states)
        yield tuple(made[name].values if name in made else given[name] for name in program.outputs)


def _kept(
    program: Program,
    given: Mapping[str, IntArray],
    known: frozenset[str],
    previous: Trace | None,
) -> dict[str, Held]:
    """The inputs, and what an earlier trace knows already."""
    held = {name: _input(program, name, array) for name, array in given.items()}
    if previous is not None:
        held |= {name: previous.values.held[name] for name in known - set(program.constants)}
    return held


def states_of(program: Program) -> States:
    """What a network holds after a reset."""
    return reset_states(program, program.instructions)


def _run_chunks(
    plan: Plan,
    start: Mapping[str, IntArray],
    count: int,
    progress: Progress,
    *,
    only: frozenset[str] | None = None,
    states: States | None = None,
) -> dict[str, Held]:
    """Run all samples; what the instructions make, or `only` some of it."""
    parts = chunks(plan.program, count)
    steps = _Steps(progress, len(parts) * len(plan.instructions))
    held: dict[str, Held] = {}
    for part in parts:
        for name, made in plan.run(activations(plan.program, start, part), steps, states):
            if only is None or name in only:
                _store(held, name, made, part, count)
    steps.finish()
    return held


class _Steps:
    """Reports every instruction of every chunk."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def __call__(self) -> None:
        self._progress(self._done, self._total, _WHAT)
        self._done += 1

    def finish(self) -> None:
        self._progress(self._total, self._total, _WHAT)


def _store(held: dict[str, Held], name: str, made: Activation, part: slice, count: int) -> None:
    """Write a chunk of a tensor into its array over all samples, in the kernel's own layout."""
    first = made.is_channels_first
    if name not in held:
        shape = made.planes.shape if first else made.integers.shape
        array = np.empty((count, *shape[1:]), made.tensor.type.carrier)
        held[name] = Held(made.tensor, array, channels_first=first)
    if first:
        made.write_channels_first(held[name].array[part])
    else:
        held[name].array[part] = made.integers


def _input(program: Program, name: str, array: IntArray) -> Held:
    """An input as part of the trace: a copy, because the caller may write into theirs later."""
    return Held(program.tensors[name], array.copy(), channels_first=False)


def _checked(program: Program, inputs: Inputs) -> dict[str, IntArray]:
    """Inputs by name, after a check of their shapes and types."""
    named = inputs if isinstance(inputs, Mapping) else _in_order(program, inputs)
    if set(named) != set(program.inputs):
        raise ValueError(f"inputs {sorted(named)} given, {sorted(program.inputs)} expected")
    counts = set()
    for name, array in named.items():
        tensor = program.tensors[name]
        if array.shape[1:] != tensor.shape or array.dtype != tensor.type.carrier:
            wanted = f"{tensor.type.carrier}(N, *{tensor.shape})"
            raise ValueError(f"{name} is {array.dtype}{array.shape}, not {wanted}")
        if array.size and not tensor.type.min <= array.min() <= array.max() <= tensor.type.max:
            raise ValueError(f"{name} holds values outside {tensor.type}")
        counts.add(len(array))
    if len(counts) != 1 or 0 in counts:
        raise ValueError(f"inputs have {sorted(counts)} samples, one number above 0 expected")
    return dict(named)


def _in_order(program: Program, inputs: Sequence[IntArray]) -> dict[str, IntArray]:
    """Inputs given in order, by name."""
    if len(inputs) != len(program.inputs):
        raise ValueError(f"{len(inputs)} inputs given, the program has {len(program.inputs)}")
    return dict(zip(program.inputs, inputs, strict=True))
