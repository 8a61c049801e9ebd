"""Fits `resources/cost/CORE.json`: ``python -m tests.bench.fit_cost [CORE ...]``.

Random networks are compiled with the core's GCC at -O2 and run in QEMU, layer by layer; see
`tinyml_studio.cost.fitted` for what is fitted. A part of the networks is kept back, and the error
on them is written into the file.
"""

from __future__ import annotations

import argparse
import json
import pickle
import re
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.bench.cost_networks import random_program
from tests.prune.planted import samples
from tinyml_studio.cost.fitted import HELIUM_CORES, STAND_INS
from tinyml_studio.cost.work import QUANTITIES, variant, work
from tinyml_studio.emit.header import c_header
from tinyml_studio.emit.info import HeaderInfo
from tinyml_studio.emit.used import Used, kernels_used
from tinyml_studio.paths import resource
from tinyml_studio.verify.compare import compare
from tinyml_studio.verify.cross import build_for, missing_tools
from tinyml_studio.verify.machines import MACHINES
from tinyml_studio.verify.report import Run

FITTED, KEPT_BACK = range(100, 164), range(900, 910)
SMALLEST = 2000  # instructions; below them a tick of the board's timer is too coarse to judge
_PRIOR, _NO_PRIOR = 0.3, 1e-4  # counted layers that the prior weighs as much as
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Layer:
    """A counted layer: its kernel calls with their work, and its instructions."""

    calls: tuple[tuple[str, str, tuple[float, ...]], ...]
    instructions: int


@dataclass(frozen=True)
class Counted:
    """A counted network."""

    seed: int
    layers: tuple[Layer, ...]
    run: Run


def count(job: tuple[str, int]) -> Run:
    """Compile and run one network."""
    core, seed = job
    program = random_program(seed)
    header = c_header(program, info=HeaderInfo("net", "model", "0" * 64, "", core))
    inputs = dict(zip(program.inputs, samples(program, count=2), strict=True))
    one = {name: values[:1] for name, values in inputs.items()}
    with tempfile.TemporaryDirectory() as name:
        build = build_for(core, header, "net", program, folder=Path(name), tick=lambda: None)
        (outcome,) = compare(program, one, [build], timeout=600.0, tick=lambda: None)
    run = outcome.finish(build)
    if not run.match:
        raise ValueError(f"network {seed} gives something else on {core}")
    return run


def with_work(core: str, seed: int, run: Run) -> Counted:
    """A counted network with the work of its layers."""
    program = random_program(seed)
    by_layer: dict[str, list] = defaultdict(list)
    for used in kernels_used(program):
        kind = type(used.instruction).__name__
        quantities = tuple(work(program, used.instruction).tolist())
        for kernel in kernels(used, core):
            name = variant(used.instruction, kernel)
            by_layer[used.instruction.layer].append((name, kind, quantities))
    layers = tuple(
        Layer(tuple(by_layer[name]), run.layers[index])
        for index, name in enumerate(program.by_layer)
        if by_layer[name]
    )
    return Counted(seed, layers, run)


def kernels(used: Used, core: str) -> tuple[str, ...]:
    """The instances that run on a core."""
    return used.helium if core in HELIUM_CORES else used.kernels


def nonnegative(
    matrix: np.ndarray, wanted: np.ndarray, start: np.ndarray, pull: np.ndarray
) -> np.ndarray:
    """Least squares with factors of at least 0, pulled towards `start`.

    The active set method of Lawson and Hanson, Solving Least Squares Problems (1974), on the normal
    equations.
    """
    gram = matrix.T @ matrix + np.diag(pull)
    scale = 1.0 / np.sqrt(np.maximum(np.diag(gram), 1e-300))
    gram = gram * scale * scale[:, None] + 1e-9 * np.eye(len(scale))
    target = (matrix.T @ wanted + pull * start) * scale
    found, free = np.zeros(len(scale)), np.zeros(len(scale), np.bool_)
    for _ in range(20 * len(scale)):
        slope = np.where(free, -np.inf, target - gram @ found)
        if slope.max() <= _TOLERANCE:
            break
        free[slope.argmax()] = True
        while True:
            trial = np.zeros_like(found)
            trial[free] = np.linalg.solve(gram[np.ix_(free, free)], target[free])
            below = free & (trial <= 0.0)
            if not below.any():
                break
            steps = found[below] / (found[below] - trial[below])
            found += steps.min() * (trial - found)
            free &= found > _TOLERANCE
            found[~free] = 0.0
        found = trial
    return found * scale


def fit(layers: list[Layer], key: int, prior: dict | None) -> dict[str, np.ndarray]:
    """Factors by kernel instance (key 0) or by class of instruction (key 1)."""
    names = sorted({call[key] for layer in layers for call in layer.calls})
    size = len(QUANTITIES)
    matrix = np.zeros((len(layers), len(names) * size))
    start = np.zeros(matrix.shape[1])
    for row, layer in enumerate(layers):
        weight = 1.0 / max(layer.instructions, SMALLEST)
        for call in layer.calls:
            at = names.index(call[key]) * size
            matrix[row, at : at + size] += weight * np.array(call[2])
            if prior is not None:
                start[at : at + size] = prior.get(call[key], prior.get(call[1]))
    counts = np.array([layer.instructions for layer in layers], np.float64)
    wanted = counts / np.maximum(counts, SMALLEST)
    seen = np.maximum((matrix != 0.0).sum(axis=0), 1)
    pull = (_PRIOR if prior else _NO_PRIOR) * (matrix**2).sum(axis=0) / seen + 1e-12
    found = nonnegative(matrix, wanted, start, pull)
    return {name: found[i * size : (i + 1) * size] for i, name in enumerate(names)}


def by_family(layers: list[Layer], others: dict) -> dict[str, np.ndarray]:
    """Factors of kernels whatever their types, by instance: what an instance is pulled towards."""
    family = {call[0]: _family(call[0]) for layer in layers for call in layer.calls}
    renamed = [
        Layer(tuple((family[a], kind, q) for a, kind, q in layer.calls), layer.instructions)
        for layer in layers
    ]
    found = fit(renamed, 0, others)
    return {name: found[held] for name, held in family.items()}


def _family(name: str) -> str:
    """A kernel's name without the types that it is made for."""
    name = name.split("@", maxsplit=1)[0]
    return re.sub(r"(_[swbta]\d+|_float32|_away|_up|_even|_floor|\*)+$", "", name)


def bytes_of_code(networks: list[Counted]) -> dict[str, object]:
    """Code of a kernel, of a call, and of every header."""
    names = sorted({call[0] for net in networks for layer in net.layers for call in layer.calls})
    matrix = np.zeros((len(networks), 2 * len(names) + 1))
    for row, net in enumerate(networks):
        called = [call[0] for layer in net.layers for call in layer.calls]
        for name in called:
            matrix[row, names.index(name)] = 1.0
            matrix[row, len(names) + names.index(name)] += 1.0
        matrix[row, -1] = 1.0
    wanted = np.array([float(net.run.code_bytes or 0) for net in networks])
    start = np.full(matrix.shape[1], 200.0)
    found = nonnegative(matrix, wanted, start, np.full(matrix.shape[1], 0.05))
    whole = [round(value) for value in found.tolist()]
    return {
        "base": whole[-1],
        "call": dict(zip(names, whole[len(names) : -1], strict=True)),
        "kernel": dict(zip(names, whole[: len(names)], strict=True)),
    }


def bytes_of_stack(networks: list[Counted]) -> dict[str, int]:
    """The smallest stack of all networks that call a kernel: it needs no more than that."""
    found: dict[str, int] = {}
    for net in networks:
        for layer in net.layers:
            for name, _, _ in layer.calls:
                depth = net.run.stack_bytes or 0
                found[name] = min(found.get(name, depth), depth)
    return dict(sorted(found.items()))


def errors(networks: list[Counted], factors: dict, others: dict) -> list[float]:
    """Relative errors of layers that are long enough to be counted well."""
    found = []
    for layer in (layer for net in networks for layer in net.layers):
        if layer.instructions >= SMALLEST:
            predicted = sum(
                float(factors.get(name, others[kind]) @ np.array(quantities))
                for name, kind, quantities in layer.calls
            )
            found.append(predicted / layer.instructions - 1.0)
    return found


def rounded(factors: dict[str, np.ndarray]) -> dict[str, list[float]]:
    """Four digits are more than the counts are worth."""
    return {name: [float(f"{x:.4g}") for x in values] for name, values in sorted(factors.items())}


def fitted(core: str, networks: list[Counted], kept: list[Counted]) -> dict[str, object]:
    """The file's contents."""
    layers = [layer for net in networks for layer in net.layers]
    others = fit(layers, 1, None)
    others["any"] = np.median(np.stack(list(others.values())), axis=0)
    factors = fit(layers, 0, by_family(layers, others))
    seen = np.abs(errors(kept, factors, others))
    totals = [
        sum(errors([Counted(net.seed, (whole(net),), net.run)], factors, others)) for net in kept
    ]
    print(
        f"{core}: {len(layers)} layers; kept back: median {np.median(seen):.1%}, nine of ten below "
        f"{np.quantile(seen, 0.9):.1%}, networks {np.abs(totals).max():.1%} at most"
    )
    return {
        "core": core,
        "compiler": networks[0].run.compiler,
        "layers": len(layers),
        "error": round(float(np.quantile(seen, 0.9)), 3),
        "quantities": list(QUANTITIES),
        "factors": rounded(factors),
        "others": rounded(others),
        "code": bytes_of_code([*networks, *kept]),
        "stack": bytes_of_stack([*networks, *kept]),
    }


def whole(net: Counted) -> Layer:
    """A network as one layer."""
    calls = tuple(call for layer in net.layers for call in layer.calls)
    return Layer(calls, sum(layer.instructions for layer in net.layers))


def counted(core: str, kept: Path | None) -> dict[int, Run]:
    """Runs by network; counts that lie in the folder `kept` are taken from there."""
    file = None if kept is None else kept / f"{core}.pickle"
    if file is not None and file.is_file():
        return pickle.loads(file.read_bytes())  # noqa: S301 - written by an earlier call
    seeds = (*FITTED, *KEPT_BACK)
    with ProcessPoolExecutor(2) as pool:
        runs = dict(zip(seeds, pool.map(count, [(core, seed) for seed in seeds]), strict=True))
    if file is not None:
        file.write_bytes(pickle.dumps(runs))
    return runs


def main(arguments: list[str]) -> int:
    """Fit the cores that are named, or all; ``--keep FOLDER`` keeps the counts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cores", nargs="*")
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args(arguments)
    for core in args.cores or [name for name in MACHINES if name not in STAND_INS]:
        missing = missing_tools(core)
        if missing:
            print(missing[0])
            return 1
        runs = counted(core, args.keep)
        networks = [with_work(core, seed, run) for seed, run in runs.items()]
        document = fitted(
            core,
            [net for net in networks if net.seed in FITTED],
            [net for net in networks if net.seed in KEPT_BACK],
        )
        text = json.dumps(document, indent=1) + "\n"
        (resource("cost") / f"{core}.json").write_text(text, "ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
