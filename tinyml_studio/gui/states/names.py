"""Short names for layers: converters write whole histories into a node's name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from tinyml_studio.gui.states.text import clean

_WEIGHT_PART = re.compile(r"/(BiasAdd|MatMul)(__?\d+)?$")
_TAIL = {"add", "depthwise"}
_BOOKKEEPING = re.compile(r"ReadVariableOp|resource\d*")
_OPERATION = re.compile(r"[A-Z][A-Za-z0-9]*(__?\d+)?$")


def short_names(names: Sequence[str]) -> Mapping[str, str]:
    """A short name for every layer, unique and clean; by true name.

    ``model/bn_1/FusedBatchNormV3;model/conv_1/BiasAdd;model/conv_1/Conv2D`` becomes ``conv_1``:
    of several joined names the one with the bias counts, of a path the last part that is not the
    name of an operation. Where two would be the same both keep more of their path.
    """
    paths = {name: _path(name) for name in names}
    shortest = {name: _kept(path, 0) for name, path in paths.items()}
    kept = dict(shortest)
    for length in range(1, 5):
        counts = Counter(kept.values())
        for name, path in paths.items():
            if counts[kept[name]] > 1:
                kept[name] = _kept(path, length)
    counts = Counter(kept.values())
    shown = {name: text if counts[text] == 1 else shortest[name] for name, text in kept.items()}
    return _distinct({name: clean(text) or "(no name)" for name, text in shown.items()})


def _path(name: str) -> tuple[str, ...]:
    """The steps of the part of the name that says most."""
    joined = [part for part in name.removesuffix(":0").split(";") if part] or [name]
    with_bias = [part for part in joined if _WEIGHT_PART.search(part)]
    path = [step for step in (with_bias or joined[-1:])[0].split("/") if step]
    while len(path) > 2 and _BOOKKEEPING.fullmatch(path[-1]):
        path.pop()
    return tuple(path) or (name,)


def _kept(path: tuple[str, ...], length: int) -> str:
    """The step before the operation; then with the operation; then with more steps before it."""
    has_operation = len(path) > 1 and (_OPERATION.fullmatch(path[-1]) or path[-1] in _TAIL)
    end = len(path) - 1 if has_operation else len(path)
    if length <= 1:
        return "/".join(path[end - 1 : end + length])
    return "/".join(path[max(end - length, 0) : end])


def _distinct(kept: dict[str, str]) -> dict[str, str]:
    """Number those that are still the same."""
    counts = Counter(kept.values())
    seen: Counter[str] = Counter()
    for name, text in kept.items():
        if counts[text] > 1:
            seen[text] += 1
            kept[name] = f"{text} #{seen[text]}"
    return kept
