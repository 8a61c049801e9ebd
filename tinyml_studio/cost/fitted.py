"""Instructions, code and stack of a network on a core, predicted from what others were counted at.

`resources/cost/CORE.json` holds, for every instance of a kernel, factors for the quantities of
`work`, fitted to counts of the emulator over random networks; bytes of code for the kernel and for
each call of it; and the stack below a call. ``python -m tests.bench.fit_cost`` makes the files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from tinyml_studio.cost.work import QUANTITIES, Work, variant, work
from tinyml_studio.emit.forms import Form
from tinyml_studio.emit.used import Used, kernels_used
from tinyml_studio.paths import resource
from tinyml_studio.program.program import Program

HELIUM_CORES = ("cortex-m55", "cortex-m85")
STAND_INS: Mapping[str, str] = {"cortex-m85": "cortex-m55"}
"""Cores whose code is that of another one."""

_FORM = re.compile(rf"_(?:{'|'.join(form.value for form in Form)}|raised)(?=[_@*]|$)")

Factors = Mapping[str, Sequence[float]]


@dataclass(frozen=True, eq=False)
class CoreModel:
    """What was fitted for one core.

    Parameters
    ----------
    core, compiler
        What was compiled for, with what.
    layers
        How many counted layers the fit saw.
    error
        Relative error that nine of ten layers of networks that it did not see stay below.
    factors
        Instructions per unit of each of `QUANTITIES`, by kernel instance.
    others
        The same by class of instruction, for instances that were never counted.
    code
        Bytes of code: of a kernel instance, of each call of one, and of what every header has.
    stack
        Bytes of stack of an inference that calls the kernel instance.
    """

    core: str
    compiler: str
    layers: int
    error: float
    factors: Factors
    others: Factors
    code: Mapping[str, Any]
    stack: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a network takes on a core, without compiling it.

    Parameters
    ----------
    core, compiler, error
        As in `CoreModel`.
    layers
        Instructions by layer of the program, in order.
    code_bytes, stack_bytes
        Of the header.
    unseen
        Kernel instances that were never counted on the core; those like it stand in.
    """

    core: str
    compiler: str
    error: float
    layers: tuple[int, ...]
    code_bytes: int
    stack_bytes: int
    unseen: tuple[str, ...]

    @property
    def instructions(self) -> int:
        """Of one inference."""
        return sum(self.layers)


def predict(program: Program, core: str) -> Prediction | None:
    """What a program takes on a core; None where nothing was counted for it."""
    model = core_model(core)
    if model is None:
        return None
    spent = dict.fromkeys(program.by_layer, 0.0)
    names: list[str] = []
    unseen: dict[str, None] = {}
    for used in kernels_used(program):
        quantities = work(program, used.instruction)
        for name in (variant(used.instruction, held) for held in _kernels(used, core)):
            known = _stand_in(model, name)
            names.append(known)
            if name not in model.factors:
                unseen[name] = None
            spent[used.instruction.layer] += _instructions(model, used, known, quantities)
    return Prediction(
        core=core,
        compiler=model.compiler,
        error=model.error,
        layers=tuple(round(value) for value in spent.values()),
        code_bytes=_code(model, names),
        stack_bytes=_stack(model, names),
        unseen=tuple(unseen),
    )


@cache
def core_model(core: str) -> CoreModel | None:
    """The fitted model of a core; None where there is none."""
    name = STAND_INS.get(core, core)
    path = resource("cost") / f"{name}.json"
    if not path.is_file():
        return None
    held = json.loads(path.read_text("ascii"))
    if tuple(held.pop("quantities")) != QUANTITIES:
        raise ValueError(f"{path.name} was fitted to other quantities; fit it again")
    return CoreModel(**held)


def _kernels(used: Used, core: str) -> tuple[str, ...]:
    """The instances that run on the core."""
    return used.helium if core in HELIUM_CORES else used.kernels


def _stand_in(model: CoreModel, name: str) -> str:
    """The instance itself, or the same kernel that rounds as ``tflm`` does."""
    plain = _FORM.sub("", name)
    return plain if name not in model.factors and plain in model.factors else name


def _instructions(model: CoreModel, used: Used, name: str, quantities: Work) -> float:
    """One call."""
    factors = model.factors.get(name)
    if factors is None:
        kind = type(used.instruction).__name__
        factors = model.others.get(kind, model.others["any"])
    return float(np.asarray(factors) @ quantities)


def _code(model: CoreModel, names: Sequence[str]) -> int:
    """What every header has, the kernels once, and what each call adds."""
    once, call, base = (model.code[key] for key in ("kernel", "call", "base"))
    usual_once, usual_call = (float(np.median(list(held.values()))) for held in (once, call))
    total = float(base)
    total += sum(float(once.get(name, usual_once)) for name in set(names))
    total += sum(float(call.get(name, usual_call)) for name in names)
    return round(total)


def _stack(model: CoreModel, names: Sequence[str]) -> int:
    """The deepest of all calls."""
    largest = max(model.stack.values())
    return max((model.stack.get(name, largest) for name in names), default=0)
