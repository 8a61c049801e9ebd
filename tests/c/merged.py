"""Many random cases as one program, so that one compilation tests them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace

import pytest

from tests.reference.cases import Case, seeded_case
from tests.reference.model import run_reference
from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.arith.profile import TFLM
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit import planned
from tinyml_studio.emit.firmware_plan import FirmwarePlan
from tinyml_studio.emit.header import c_header
from tinyml_studio.emit.info import HeaderInfo, self_test_vectors
from tinyml_studio.emit.scratch import ScratchPlan
from tinyml_studio.program.arena import plan_arena
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program


@dataclass(frozen=True, eq=False)
class Merged:
    """One program with a layer per case, and what the plain Python model makes of its inputs."""

    program: Program
    values: dict[str, IntArray]

    def header(self, prefix: str = "net", *, samples: int = 2, shared: bool = False) -> str:
        """The header with all samples as its self-test.

        Every layer has the form that it would have alone, unless all are to share one.
        """
        with pytest.MonkeyPatch.context() as patch:
            if not shared:
                patch.setattr(planned, "in_shared_form", lambda calls, _program: calls)
            return header_of(self.program, self.values, prefix, samples=samples)


def header_of(
    program: Program, values: dict[str, IntArray], prefix: str, *, samples: int = 2
) -> str:
    """A header whose self-test holds the given values."""
    vectors = self_test_vectors(program, values, count=samples)
    return c_header(program, info=info(prefix), vectors=vectors)


def info(prefix: str = "net", **changes: str) -> HeaderInfo:
    """Front matter for a test."""
    return replace(HeaderInfo(prefix, "model.onnx", "0" * 64, "w8a8", "host"), **changes)


Run = Callable[[Program, Instruction, Mapping[str, IntArray]], IntArray]
CaseKey = tuple[type[Instruction], int] | tuple[type[Instruction], int, Rounding]


def layer_name(kind: type[Instruction], seed: int, rounding: Rounding | None = None) -> str:
    """Name of the layer of one case."""
    return f"{kind.__name__} {rounding or ''} {seed}"


def merged(cases: Iterable[CaseKey]) -> Merged:
    """The cases of some kinds, seeds and roundings as one program."""
    return joined(
        (layer_name(kind, seed, *rounding), seeded_case(seed, kind, *rounding))
        for kind, seed, *rounding in cases
    )


def joined(cases: Iterable[tuple[str, Case]], *, run: Run = run_reference) -> Merged:
    """Cases with the names of their layers as one program, and what `run` makes of them."""
    tensors, constants, values = {}, {}, {}
    instructions = []
    for name, case in cases:
        made = run(case.program, case.instruction, case.inputs)
        values |= {f"{name} {key}": held for key, held in case.inputs.items()}
        values[f"{name} {case.program.outputs[0]}"] = made
        for key, tensor in case.program.tensors.items():
            tensors[f"{name} {key}"] = replace(tensor, name=f"{name} {key}")
        constants |= {f"{name} {k}": held for k, held in case.program.constants.items()}
        instructions.append(_renamed(case, name))
    program = Program(
        name="merged",
        arithmetic=TFLM,
        tensors=tensors,
        constants=constants,
        inputs=tuple(key for key in values if key not in {item.output for item in instructions}),
        outputs=tuple(item.output for item in instructions),
        instructions=tuple(instructions),
    )
    return Merged(program, values)


def _renamed(case: Case, name: str) -> Instruction:
    item = case.instruction
    own = {*item.states, *item.memory}
    held = {one.name: getattr(item, one.name) for one in fields(item)}
    return replace(
        item,
        layer=name,
        inputs=tuple(f"{name} {key}" for key in item.inputs),
        output=f"{name} {item.output}",
        **{key: f"{name} {value}" for key, value in held.items() if _is_in(own, value)},
    )


def _is_in(names: set[str], value: object) -> bool:
    return isinstance(value, str) and value in names


def without_scratch(program: Program) -> FirmwarePlan:
    """A plan in which no kernel has memory of its own."""
    plan = plan_arena(program)
    return FirmwarePlan(plan, ScratchPlan({}, plan.size))
