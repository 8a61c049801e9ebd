"""Instructions, code and stack of a network on a core, predicted from what others were counted at.

`resources/cost/CORE.json` holds, for every instance of a kernel, factors for the quantities of
`work`, fitted to counts of the emulator over random networks; bytes of code of the functions and of
the layers that call them; and the stack below a call. ``python -m tests.bench.fit_cost`` makes the
files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from tinyml_studio.cost.likeness import nearest
from tinyml_studio.cost.quantities import QUANTITIES, Work, vector
from tinyml_studio.cost.sizes import CodeModel, code_bytes, stack_bytes
from tinyml_studio.cost.work import work
from tinyml_studio.emit.used import Kernel, kernels_used
from tinyml_studio.paths import resource
from tinyml_studio.program.program import Program

HELIUM_CORES = ("cortex-m55", "cortex-m85")
DSP_CORES = ("cortex-m4", "cortex-m7", "cortex-m33", *HELIUM_CORES)
STAND_INS: Mapping[str, str] = {"cortex-m85": "cortex-m55"}
"""Cores whose code is that of another one."""

Factors = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class CoreModel:
    """What was fitted for one core.

    Parameters
    ----------
    core, compiler
        What was compiled for, with what.
    layers
        How many counted layers the fit saw.
    error, network_error
        Relative error that nine of ten layers of networks that it did not see stay below; the
        largest of such a network as a whole.
    factors
        Instructions per unit of each quantity, by kernel instance.
    families
        The same by kernel whatever its types, for instances that were never counted.
    code
        Bytes of code.
    stack
        Bytes of stack of an inference that calls the kernel instance.
    """

    core: str
    compiler: str
    layers: int
    error: float
    network_error: float
    factors: Factors
    families: Factors
    code: CodeModel
    stack: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a network takes on a core, without compiling it.

    Parameters
    ----------
    core, compiler, error, network_error
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
    network_error: float
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
    unseen: dict[str, None] = {}
    used = kernels_used(program, helium=core in HELIUM_CORES)
    for held in used:
        for kernel in held.kernels:
            if kernel.instance not in model.factors:
                unseen[kernel.instance] = None
            quantities = work(kernel.call, dsp=core in DSP_CORES)
            spent[held.instruction.layer] += instructions(model, kernel, quantities)
    return Prediction(
        core=core,
        compiler=model.compiler,
        error=model.error,
        network_error=model.network_error,
        layers=tuple(round(value) for value in spent.values()),
        code_bytes=code_bytes(model.code, used),
        stack_bytes=stack_bytes(model.stack, used),
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
    return CoreModel(**{**held, "code": CodeModel(**held["code"])})


def instructions(model: CoreModel, kernel: Kernel, quantities: Work) -> float:
    """Of one call; where its instance was never counted, those of one like it."""
    return float(vector(_factors(model, kernel)) @ quantities)


def _factors(model: CoreModel, kernel: Kernel) -> Mapping[str, float]:
    family = kernel.call.kernel.removeprefix("tms_")
    name = nearest(kernel.instance, family, model.factors)
    if name is not None:
        return model.factors[name]
    return model.families.get(family) or _usual(tuple(model.families.values()))


def _usual(families: Sequence[Mapping[str, float]]) -> Mapping[str, float]:
    """The median of every quantity's factors."""
    found = {}
    for quantity in QUANTITIES:
        factors = [held[quantity] for held in families if quantity in held]
        if factors:
            found[quantity] = float(np.median(factors))
    return found
