"""Fits `resources/cost/CORE.json`: ``python -m tests.bench.fit_cost [--keep FOLDER] [CORE ...]``.

Random networks are compiled with the core's GCC at -O2 and run in QEMU, layer by layer; see
`tinyml_studio.cost.fitted` for what is fitted. A part of the networks is kept back, and the error
on them is written into the file. With ``--keep`` counts stay in a folder, and what was counted is
counted again only where its code has changed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.code_sizes import fitted_code, fitted_stack
from tests.bench.cost_layers import theme_program, themes
from tests.bench.cost_networks import random_program
from tests.bench.counting import Count, count
from tests.bench.least_squares import SMALLEST, Factors, Sum, Vector, fit, scaled
from tinyml_studio.cost.fitted import (
    DSP_CORES,
    HELIUM_CORES,
    STAND_INS,
    CoreModel,
    instructions,
)
from tinyml_studio.cost.quantities import QUANTITIES
from tinyml_studio.cost.sizes import CodeModel, code_bytes, stack_bytes
from tinyml_studio.cost.work import work
from tinyml_studio.emit.used import Used, kernels_used
from tinyml_studio.paths import resource
from tinyml_studio.program.program import Program
from tinyml_studio.verify.cross import missing_tools
from tinyml_studio.verify.machines import MACHINES

FITTED, KEPT_BACK = range(100, 110), range(900, 912)
SAME_CODE = {"rv32imc": "rv32imac", "rv32imafc": "rv32imac"}
"""Cores for which the compiler writes the same instructions: nothing here uses the difference."""
LIKE = {"cortex-m7": "cortex-m4", "cortex-m33": "cortex-m4"}
"""Cores whose code differs so little from another's that every fifth network tells by how much."""
PROCESSES = 2
FIRST_SEED = 2000

Key = tuple[str, int]
Calls = tuple[tuple[str, Vector], ...]


@dataclass(frozen=True, eq=False)
class Counted:
    """A counted network with what its layers call."""

    key: Key
    program: Program
    used: tuple[Used, ...]
    sums: tuple[Sum, ...]
    run: Count


@cache
def program_of(key: Key) -> Program:
    """The network of a key."""
    kind, number = key
    if kind == "chain":
        return random_program(number)
    return theme_program(themes()[number], FIRST_SEED + number)


def keys(core: str) -> list[Key]:
    """The networks that are counted for a core, those that are kept back first."""
    kept = [("chain", seed) for seed in KEPT_BACK]
    others = [
        ("theme", number)
        for number, theme in enumerate(themes())
        if theme.helium or core not in HELIUM_CORES
    ]
    if core in LIKE:
        return [*kept, *others[::5]]
    return [*kept, *others, *(("chain", seed) for seed in FITTED)]


def _job(job: tuple[Key, tuple[str, ...], Path]) -> tuple[Key, dict[str, Count]]:
    key, cores, kept = job
    return key, count(program_of(key), cores, kept=kept)


def gather(cores: Iterable[str], kept: Path) -> dict[str, dict[Key, Count]]:
    """Counts by core and network."""
    wanted: dict[Key, list[str]] = defaultdict(list)
    for core in cores:
        for key in keys(core):
            wanted[key].append(core)
    found: dict[str, dict[Key, Count]] = defaultdict(dict)
    jobs = [(key, tuple(held), kept) for key, held in wanted.items()]
    with ProcessPoolExecutor(PROCESSES) as pool:
        for key, runs in pool.map(_job, jobs):
            for core, run in runs.items():
                found[core][key] = run
    return found


@cache
def calls_of(key: Key, *, helium: bool, dsp: bool) -> tuple[tuple[Used, ...], dict[str, Calls]]:
    """The kernels of a network, and for each layer their calls with their work."""
    used = kernels_used(program_of(key), helium=helium)
    by_layer: dict[str, list[tuple[str, Vector]]] = defaultdict(list)
    for held in used:
        for kernel in held.kernels:
            quantities = work(kernel.call, dsp=dsp)
            by_layer[held.instruction.layer].append((kernel.instance, quantities))
    return used, {name: tuple(calls) for name, calls in by_layer.items()}


def with_work(core: str, key: Key, run: Count) -> Counted:
    """A counted network with the work of its layers."""
    program = program_of(key)
    used, calls = calls_of(key, helium=core in HELIUM_CORES, dsp=core in DSP_CORES)
    sums = tuple(
        Sum(calls[name], run.layers[index])
        for index, name in enumerate(program.by_layer)
        if name in calls
    )
    return Counted(key, program, used, sums, run)


def fitted_factors(networks: list[Counted], like: CoreModel | None) -> tuple[Factors, Factors]:
    """Factors by kernel, and by instance; each is pulled towards the one that it is a kind of."""
    sums = [held for net in networks for held in net.sums]
    family = {
        kernel.instance: kernel.call.kernel.removeprefix("tms_")
        for net in networks
        for held in net.used
        for kernel in held.kernels
    }
    typed = {name: name.removesuffix("*") for name in family}
    families = fit([held.renamed(family) for held in sums])
    prior = {typed[name]: families[family[name]] for name in family}
    kinds = fit([held.renamed(typed) for held in sums], prior)
    found = fit(sums, {name: kinds[typed[name]] for name in family})
    if like is None:
        return families, found
    known = {name: _vector(held) for name, held in like.factors.items()}
    return families, found | scaled(sums, known)


def _vector(factors: Any) -> np.ndarray:
    return np.array([factors.get(name, 0.0) for name in QUANTITIES])


def sparse(factors: Factors) -> dict[str, dict[str, float]]:
    """Four digits are more than the counts are worth."""
    return {
        name: {
            quantity: float(f"{x:.4g}")
            for quantity, x in zip(QUANTITIES, values.tolist(), strict=True)
            if x > 0.0
        }
        for name, values in sorted(factors.items())
    }


@dataclass(frozen=True)
class Errors:
    """Relative errors: of layers with their share of their network, and of whole networks."""

    layers: tuple[tuple[float, float], ...]
    networks: tuple[float, ...]

    def text(self) -> str:
        """One line."""
        heavy = [error for error, share in self.layers if share >= 0.02]
        return (
            f"layers {_quantiles([error for error, _ in self.layers])}, "
            f"of 2 % and more {_quantiles(heavy)}, networks {_quantiles(self.networks)}"
        )


def _quantiles(values: Iterable[float]) -> str:
    found = np.quantile(np.abs(list(values)), (0.5, 0.9, 1.0))
    return " / ".join(f"{100 * value:.1f} %" for value in found)


def errors(model: CoreModel, networks: list[Counted]) -> Errors:
    """How far predictions are off; of layers, those that are long enough to be counted well."""
    layers, whole = [], []
    for net in networks:
        kernels = {kernel.instance: kernel for held in net.used for kernel in held.kernels}
        total, spent = sum(net.run.layers), 0.0
        for held in net.sums:
            found = sum(instructions(model, kernels[name], work) for name, work in held.calls)
            spent += found
            if held.instructions >= SMALLEST:
                layers.append((found / held.instructions - 1.0, held.instructions / total))
        whole.append(spent / total - 1.0)
    return Errors(tuple(layers), tuple(whole))


def fitted(core: str, runs: dict[Key, Count], like: CoreModel | None) -> dict[str, Any]:
    """The file's contents."""
    networks = [with_work(core, key, run) for key, run in runs.items()]
    kept = [net for net in networks if net.key[0] == "chain" and net.key[1] in KEPT_BACK]
    seen = [net for net in networks if net not in kept]
    families, factors = fitted_factors(seen, like)
    held: dict[str, Any] = {
        "core": core,
        "compiler": networks[0].run.compiler,
        "layers": sum(len(net.sums) for net in seen),
        "error": 0.0,
        "network_error": 0.0,
        "factors": sparse(factors),
        "families": sparse(families),
        "code": fitted_code([(net.used, net.run) for net in seen]),
        "stack": fitted_stack([(net.used, net.program, net.run) for net in seen]),
    }
    if like is not None:
        held["families"] = {**held["families"], **like.families}
        held["stack"] = {**like.stack, **held["stack"]}
        held["code"] = asdict(like.code)
    model = CoreModel(**{**held, "code": CodeModel(**held["code"])})
    found = errors(model, kept)
    print(
        f"{core}: {held['layers']} layers; kept back (median / nine of ten / worst): {found.text()}"
    )
    _print_sizes(model, kept)
    held["error"] = round(float(np.quantile(np.abs([error for error, _ in found.layers]), 0.9)), 3)
    held["network_error"] = round(float(np.abs(found.networks).max()), 3)
    return {**held, "quantities": list(QUANTITIES)}


def _print_sizes(model: CoreModel, networks: list[Counted]) -> None:
    hooks = [model.code.step * len(net.program.by_layer) for net in networks]
    code = [
        code_bytes(model.code, net.used) / (net.run.code - hook) - 1.0
        for net, hook in zip(networks, hooks, strict=True)
    ]
    stack = [stack_bytes(model.stack, net.used) - max(net.run.stacks) for net in networks]
    print(f"  code {_quantiles(code)}; stack {min(stack):+d} to {max(stack):+d} bytes")


def written(document: dict[str, Any]) -> str:
    """JSON with a line for every kernel."""
    lines = []
    for key, value in document.items():
        if isinstance(value, dict):
            inner = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
            lines.append(f" {json.dumps(key)}: {{\n{inner}\n }}")
        else:
            lines.append(f" {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(arguments: list[str]) -> int:
    """Fit the cores that are named, or all; ``--keep FOLDER`` keeps the counts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cores", nargs="*")
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args(arguments)
    cores = args.cores or [name for name in MACHINES if name not in STAND_INS]
    missing = [text for core in cores for text in missing_tools(core)]
    if missing:
        print(missing[0])
        return 1
    with tempfile.TemporaryDirectory() as name:
        kept = args.keep or Path(name)
        kept.mkdir(parents=True, exist_ok=True)
        counted_as = {core: SAME_CODE.get(core, core) for core in cores}
        likes = {LIKE[core] for core in cores if core in LIKE}
        found = gather({*counted_as.values(), *likes}, kept)
    models: dict[str, CoreModel] = {}
    for core in sorted({*cores, *likes}, key=lambda core: core in LIKE):
        document = fitted(core, found[SAME_CODE.get(core, core)], models.get(LIKE.get(core, "")))
        held = {name: value for name, value in document.items() if name != "quantities"}
        models[core] = CoreModel(**{**held, "code": CodeModel(**held["code"])})
        (resource("cost") / f"{core}.json").write_text(written(document), "ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
