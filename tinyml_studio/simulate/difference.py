"""Two programs of one network, layer by layer: how many elements differ, how far, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

import numpy as np

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program, QuantizedTensor

_NAMES = {"layer", "inputs", "output"}
_WORDS = {
    "weight_type": "weight bits",
    "bias": "biases",
    "low": "limits",
    "high": "limits",
    "multiplier_a": "multiplier",
    "multiplier_b": "multiplier",
    "multiplier_out": "multiplier",
    "shift": "multiplier",
}


@dataclass(frozen=True, slots=True)
class LayerDifference:
    """How one layer's output differs.

    Parameters
    ----------
    name
        Of the layer, or of an input of the model.
    elements, differing
        Elements over all samples, and those whose values differ.
    max_difference
        Largest difference in steps of the first program's grid: a whole number where both
        programs have the layer on one grid.
    other
        The layer's name in the second program, where it has another; "" where it has the same.
    """

    name: str
    elements: int
    differing: int
    max_difference: float
    other: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What two programs make of the same samples.

    Parameters
    ----------
    samples
        How many there were.
    layers
        Layers that both have, with outputs of one shape, in the order of the first program.
    first_difference
        Name of the first layer with an element that differs; "" when there is none.
    cause
        In words what is different about that layer; "" when nothing differs.
    unmatched
        Layers of either program that the other does not have in that shape.
    ignored
        Files of a dump that belong to no layer.
    absent
        Layers that a dump has no file of.
    """

    samples: int
    layers: tuple[LayerDifference, ...]
    first_difference: str
    cause: str
    unmatched: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def is_equal(self) -> bool:
        """Whether every layer of each is in the other and no element differs."""
        return not self.first_difference and not self.unmatched


class Comparison:
    """Counts batch by batch; the result of all is in `result`.

    Parameters
    ----------
    first, second
        The programs.
    ports
        Names of the model's inputs by tensor name, which stand among the layers.
    names
        What layers and inputs of the first are called in the second, where that is something else.
    """

    def __init__(
        self,
        first: Program,
        second: Program,
        ports: Mapping[str, str],
        *,
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._programs = (first, second)
        self._names = names
        self._tensors = layer_tensors(first, ports)
        self._held = layer_tensors(second, ports)
        self._others = {
            name: self._held[names.get(name, name)]
            for name in self._tensors
            if names.get(name, name) in self._held
        }
        self._shared = [
            name
            for name, other in self._others.items()
            if _essential(other.shape) == _essential(self._tensors[name].shape)
        ]
        self._differing = dict.fromkeys(self._shared, 0)
        self._largest = dict.fromkeys(self._shared, 0.0)
        self._samples = 0

    def add(self, first: Mapping[str, IntArray], second: Mapping[str, IntArray]) -> None:
        """Count one batch: all tensors of each program, ``(N, *shape)``."""
        for name in self._shared:
            a, b = self._tensors[name], self._others[name]
            values = first[a.name]
            steps = _steps(a, values, b, second[b.name].reshape(values.shape))
            self._differing[name] += int(np.count_nonzero(steps))
            self._largest[name] = max(self._largest[name], float(steps.max(initial=0.0)))
        self._samples += len(first[self._programs[0].inputs[0]])

    def result(self) -> Difference:
        """What all batches amount to."""
        layers = tuple(
            LayerDifference(
                name,
                self._tensors[name].size * self._samples,
                self._differing[name],
                self._largest[name],
                self._names.get(name, ""),
            )
            for name in self._shared
        )
        differing = next((layer.name for layer in layers if layer.differing), "")
        theirs = {self._names.get(name, name) for name in self._shared}
        unmatched = [name for name in self._tensors if name not in self._shared]
        unmatched += [name for name in self._held if name not in theirs]
        return Difference(
            self._samples,
            layers,
            differing,
            self._cause(differing) if differing else "",
            tuple(dict.fromkeys(unmatched)),
        )

    def _cause(self, layer: str) -> str:
        """What is different about a layer, in words."""
        first, second = self._programs
        found = _grid_words(self._tensors[layer], self._others[layer])
        if first.arithmetic != second.arithmetic:
            found.append(f"the arithmetic: {first.arithmetic.name} and {second.arithmetic.name}")
        there = self._names.get(layer, layer)
        found += _instruction_words(first.by_layer.get(layer, ()), second.by_layer.get(there, ()))
        return "; ".join(dict.fromkeys(found)) or "its inputs differ, by layers that only one has"


def _essential(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape without unit axes, which another file may not have."""
    return tuple(size for size in shape if size != 1)


def layer_tensors(program: Program, ports: Mapping[str, str]) -> dict[str, QuantizedTensor]:
    """The inputs and the last output of every layer, by the layer's name."""
    inputs = {ports.get(name, name): program.tensors[name] for name in program.inputs}
    outputs = {
        layer: program.tensors[items[-1].output] for layer, items in program.by_layer.items()
    }
    return inputs | outputs


def _steps(a: QuantizedTensor, first: IntArray, b: QuantizedTensor, second: IntArray) -> np.ndarray:
    """Magnitudes of the differences in steps of the first grid."""
    if _grid(a) == _grid(b):
        return np.abs(first.astype(np.int64) - second.astype(np.int64))
    real_a, real_b = (
        (values.astype(np.float64) - tensor.zero_point) * tensor.scale
        for tensor, values in ((a, first), (b, second))
    )
    return np.asarray(np.abs(real_a - real_b) / a.scale)


def _grid(tensor: QuantizedTensor) -> tuple[float, int]:
    return tensor.scale, tensor.zero_point


def _grid_words(a: QuantizedTensor, b: QuantizedTensor) -> list[str]:
    """How the grids of one output differ."""
    found = []
    if a.type != b.type:
        found.append(f"its type: {a.type} and {b.type}")
    if a.scale != b.scale:
        found.append(f"its scale: {a.scale:.6g} and {b.scale:.6g}")
    if a.zero_point != b.zero_point:
        found.append(f"its zero point: {a.zero_point} and {b.zero_point}")
    return found


def _instruction_words(
    first: tuple[Instruction, ...], second: tuple[Instruction, ...]
) -> list[str]:
    """How the instructions of one layer differ."""
    kinds = [[type(item).__name__ for item in items] for items in (first, second)]
    if kinds[0] != kinds[1]:
        return [f"its instructions: {', '.join(kinds[0])} and {', '.join(kinds[1])}"]
    found = []
    for a, b in zip(first, second, strict=True):
        for field in fields(a):
            values = getattr(a, field.name), getattr(b, field.name)
            if field.name not in _NAMES and not _same(*values):
                found.append(_field_words(field.name, *values))
    return found


def _same(a: object, b: object) -> bool:
    """Equality of two values of one field, arrays included."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(np.asarray(a), np.asarray(b))
    return a == b


def _field_words(name: str, a: object, b: object) -> str:
    """One field that differs, with its values where they are short."""
    word = _WORDS.get(name, name.replace("_", " "))
    short = name in ("rounding", "weight_type", "divisor", "left_shift")
    return f"its {word}: {a} and {b}" if short else f"its {word}"
