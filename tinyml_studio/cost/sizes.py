"""Bytes of code and of stack, predicted from the functions that a header consists of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tinyml_studio.cost.likeness import nearest, relative
from tinyml_studio.emit.used import Kernel, Used, functions_of


@dataclass(frozen=True, eq=False)
class CodeModel:
    """Bytes of code on one core.

    Parameters
    ----------
    base, step
        What every header has, and for every layer.
    functions
        Of a function: its bytes, and the share of headers that have it beside its callers, where
        one kernel needs it and where several do. Elsewhere the compiler has put it into them.
    layers
        What a layer that calls the kernel instance takes: much, where the compiler put it there.
    library
        More of the C library's functions than `base` has, by the function that brings them.
    """

    base: float
    step: float
    functions: Mapping[str, Sequence[float]]
    layers: Mapping[str, float]
    library: Mapping[str, float]


def needed(used: Sequence[Used]) -> Counter[str]:
    """How many calls need each function: of a kernel its own, of other functions kernels."""
    found: Counter[str] = Counter()
    calls: dict[str, frozenset[str]] = {}
    for held in used:
        for kernel in held.kernels:
            own = kernel.instance.removesuffix("*")
            found[own] += 1
            calls[own] = _functions(kernel) - {own}
    for others in calls.values():
        found.update(others)
    return found


def _functions(kernel: Kernel) -> frozenset[str]:
    """What a kernel needs but types."""
    return frozenset(name for name in functions_of(kernel.call) if not name.endswith("_t"))


def code_bytes(model: CodeModel, used: Sequence[Used]) -> int:
    """Of a header with these kernels."""
    total = model.base + model.step * len({held.instruction.layer for held in used})
    names = [kernel.instance for held in used for kernel in held.kernels]
    calling = float(np.median([size for name, size in model.layers.items() if name[-1] == "*"]))
    total += sum(model.layers.get(name, calling) for name in names)
    counts = needed(used)
    own = {name.removesuffix("*") for name in names}
    for name, count in counts.items():
        known = name if name in own else relative(name, model.functions)
        size, alone, shared = model.functions.get(known or name, (0.0, 0.0, 0.0))
        total += size * (alone if count == 1 else shared)
    total += sum(_like_bytes(model, kernel) for kernel in _unknown(model, used))
    library = max((model.library.get(name, 0.0) for name in counts), default=0.0)
    return round(total + library)


def _unknown(model: CodeModel, used: Sequence[Used]) -> Collection[Kernel]:
    """Kernels of which no header had a function or a layer, each once."""
    kernels = {kernel.instance: kernel for held in used for kernel in held.kernels}
    return [
        kernel
        for name, kernel in kernels.items()
        if name not in model.layers or (name[-1] == "*" and name[:-1] not in model.functions)
        if name.removesuffix("*") not in model.functions
    ]


def _like_bytes(model: CodeModel, kernel: Kernel) -> float:
    """What the kernel most like one takes within a layer, or as a function where calls share it."""
    family, own = kernel.call.kernel.removeprefix("tms_"), kernel.instance.removesuffix("*")
    shared = nearest(own, family, [name for name, held in model.functions.items() if held[0]])
    within = nearest(own, family, [name for name in model.layers if name[-1] != "*"])
    if shared is not None and (within is None or own != kernel.instance):
        return model.functions[shared][0]
    return 0.0 if within is None else model.layers[within]


def stack_bytes(model: Mapping[str, int], used: Sequence[Used]) -> int:
    """The deepest of all calls."""
    kernels = [kernel for held in used for kernel in held.kernels]
    names = (
        nearest(kernel.instance, kernel.call.kernel.removeprefix("tms_"), model)
        for kernel in kernels
    )
    usual = max(model.values())
    return max((usual if name is None else model[name] for name in names), default=0)
