"""Bytes of code and of stack by kernel, from the functions of counted headers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.bench.counting import Count
from tests.bench.least_squares import nonnegative
from tinyml_studio.cost.sizes import needed
from tinyml_studio.emit.used import Used
from tinyml_studio.program.program import Program

_LAYER = re.compile(r"layer_(\d+)")
# of what the walk through the layers takes, half is the hook that counts
_HOOKED = 0.5
_FRAME_QUANTILE = 0.8
_ALIGNMENT = 32  # bytes that come and go with the places of functions


def fitted_code(networks: Sequence[tuple[tuple[Used, ...], Count]]) -> dict[str, Any]:
    """The members of a `CodeModel`."""
    base, step = _walks(networks)
    library = _library(networks)
    functions, layers = _functions(networks), _layers(networks)
    _put_inside(functions, layers)
    return {
        "base": round(base + library.pop(""), 1),
        "step": round(step, 1),
        "functions": functions,
        "layers": layers,
        "library": {name: round(size) for name, size in library.items() if size >= _ALIGNMENT},
    }


def _steps(used: Sequence[Used]) -> int:
    return len({held.instruction.layer for held in used})


def _walks(networks: Sequence[tuple[tuple[Used, ...], Count]]) -> tuple[float, float]:
    """What the function that calls the layers takes, and for each of them."""
    steps = np.array([_steps(used) for used, _ in networks], np.float64)
    sizes = np.array([run.functions["invoke"] for _, run in networks], np.float64)
    matrix = np.stack([np.ones_like(steps), steps], axis=1)
    base, step = np.linalg.lstsq(matrix, sizes, rcond=None)[0]
    return float(base), float(step) * _HOOKED


def _functions(networks: Sequence[tuple[tuple[Used, ...], Count]]) -> dict[str, list[float]]:
    """Size of each function, and the share of headers that have it: for one caller, for several."""
    sizes: dict[str, list[int]] = defaultdict(list)
    present: dict[str, dict[bool, list[bool]]] = defaultdict(lambda: {False: [], True: []})
    for used, run in networks:
        for name, count in needed(used).items():
            found = run.functions.get(name, 0)
            present[name][count > 1].append(found > 0)
            if found:
                sizes[name].append(found)
    result = {}
    for name in sorted(present):
        held = sizes.get(name, [0])
        shares = [
            float(np.mean(present[name][many] or present[name][not many])) for many in (False, True)
        ]
        result[name] = [round(float(np.median(held))), *(round(share, 2) for share in shares)]
    return result


def _layers(networks: Sequence[tuple[tuple[Used, ...], Count]]) -> dict[str, float]:
    """What the functions of layers take for each kernel that they call."""
    rows: list[tuple[tuple[str, ...], int]] = []
    for used, run in networks:
        by_layer: dict[str, list[str]] = defaultdict(list)
        for held in used:
            by_layer[held.instruction.layer] += [kernel.instance for kernel in held.kernels]
        functions = sorted(name for name in run.functions if _LAYER.fullmatch(name))
        sizes = [run.functions[name] for name in functions]
        if len(sizes) == len(by_layer):
            rows += zip(map(tuple, by_layer.values()), sizes, strict=True)
    names = sorted({name for row, _ in rows for name in row})
    place = {name: at for at, name in enumerate(names)}
    matrix, wanted = np.zeros((len(rows), len(names))), np.ones(len(rows))
    for at, (row, size) in enumerate(rows):
        for name in row:
            matrix[at, place[name]] += 1.0 / size
    nothing = np.zeros(len(names))
    found = nonnegative(matrix, wanted, nothing, nothing + 1e-12)
    return {name: round(float(size), 1) for name, size in zip(names, found, strict=True)}


def _put_inside(functions: dict[str, list[float]], layers: dict[str, float]) -> None:
    """Adds what kernels take that no network calls once: the compiler puts those where the call is.

    There constants of the call make them smaller than their function, by as much as others.
    """
    sizes = {name: held[0] for name, held in functions.items() if held[0] > 0.0}
    share = float(np.median([layers[name] / sizes[name] for name in layers.keys() & sizes.keys()]))
    for name, size in sizes.items():
        if f"{name}*" in layers and name not in layers:
            functions[name][1] = 0.0
            layers[name] = round(share * size, 1)


def _library(networks: Sequence[tuple[tuple[Used, ...], Count]]) -> dict[str, float]:
    """What else there is in a header's code: always (under ""), and more where it has a function.

    A function brings no more of the library's than the least of all headers with it has.
    """
    least: dict[str, float] = {}
    for used, run in networks:
        rest = float(run.code - sum(run.functions.values()))
        for name in ("", *needed(used)):
            least[name] = min(least.get(name, rest), rest)
    base = least.pop("")
    return {"": base, **{name: size - base for name, size in sorted(least.items())}}


def fitted_stack(networks: Sequence[tuple[tuple[Used, ...], Program, Count]]) -> dict[str, int]:
    """Bytes of stack below the caller of an inference, while each kernel runs."""
    found: dict[str, list[int]] = defaultdict(list)
    for used, program, run in networks:
        depths = dict(zip(program.by_layer, run.stacks, strict=True))
        for held in used:
            for kernel in held.kernels:
                found[kernel.instance].append(depths[held.instruction.layer])
    return {
        name: round(float(np.quantile(held, _FRAME_QUANTILE)))
        for name, held in sorted(found.items())
    }
