"""Why a layer's integers differ from someone else's, said in words: the likely cause.

Each suspicion is tried on the values themselves; the first that explains them is named. A rounding
is only named when the layer, run again with it, gives the other values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import Int64Array, IntArray
from tinyml_studio.arith.profile import ARITHMETICS, Arithmetic
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.kernels.registry import run_instruction
from tinyml_studio.program.instructions import ROUNDED, Instruction, Rounded
from tinyml_studio.program.program import Program, QuantizedTensor

_NEARLY_ALL = 0.999
_PROPORTIONAL = 0.98  # least correlation for a factor to be the explanation
_OTHER_FACTOR = 0.01  # least deviation of that factor from 1
_FEWEST_VALUES = 4  # that a grid can be told from
_OTHER_ZERO = 0.75  # steps; least distance for a zero point to be part of the explanation
_NO_NUMBER = 1 << 32  # steps; what is read from NaN and infinity lies beyond


@dataclass(frozen=True, eq=False)
class Divergence:
    """One layer's output, ours and theirs.

    Parameters
    ----------
    program
        Ours.
    layer
        Name of the layer, or of an input.
    tensor
        Its output.
    ours, theirs
        ``(N, *shape)``, in steps of the tensor's grid, its zero point included.
    values
        All our tensors, ``(N, *shape)``, that the layer reads.
    others
        The same network with the arithmetics of other engines, by their names; None where it cannot
        run so.
    """

    program: Program
    layer: str
    tensor: QuantizedTensor
    ours: Int64Array
    theirs: Int64Array
    values: Mapping[str, IntArray]
    others: Mapping[str, Callable[[], Program | None]] = field(default_factory=dict)

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """Those of the layer; none for an input."""
        return self.program.by_layer.get(self.layer, ())

    @property
    def differs(self) -> NDArray[np.bool_]:
        """Where."""
        return np.asarray(self.ours != self.theirs)

    @property
    def limits(self) -> tuple[int, int]:
        """The smallest and the largest integer that the layer gives."""
        kind = self.tensor.type
        last = self.instructions[-1] if self.instructions else None
        return getattr(last, "low", kind.min), getattr(last, "high", kind.max)


def likely_cause(found: Divergence) -> str:
    """The first suspicion that explains the values, in words."""
    suspicions: tuple[Callable[[Divergence], str], ...] = (
        _no_numbers,
        _zero_point,
        _layout,
        _rounding,
        _saturation,
        _scale,
        _grid,
        _single_steps,
    )
    for suspicion in suspicions:
        if words := suspicion(found):
            return words
    return (
        "nothing simple: other weights, another input or other elements "
        f"(correlation {_correlation(found):.2f})"
    )


def _no_numbers(found: Divergence) -> str:
    """NaN, infinity and the like."""
    count = int(np.count_nonzero(np.abs(found.theirs) > _NO_NUMBER))
    return f"no numbers: {count} of its values are NaN, infinite or as large" if count else ""


def _zero_point(found: Divergence) -> str:
    """The same distance everywhere, but for values that were cut off."""
    steps = found.theirs - found.ours
    half = 1 << (found.tensor.type.bits - 1)
    if np.mean(np.abs(steps) == half) >= _NEARLY_ALL and (steps < 0).any() and (steps > 0).any():
        return f"zero point: its values are {half} higher, unsigned integers read as signed ones"
    inner = (found.ours > found.tensor.type.min) & (found.ours < found.tensor.type.max)
    if not inner.any():
        return ""
    kinds, counts = np.unique(steps[inner], return_counts=True)
    shift = int(kinds[counts.argmax()])
    if shift == 0 or counts.max() < _NEARLY_ALL * inner.sum():
        return ""
    unsigned = ", as unsigned integers are" if shift == half else ""
    return f"zero point: its values are {abs(shift)} {'higher' if shift > 0 else 'lower'}{unsigned}"


def _layout(found: Divergence) -> str:
    """The same values in another order of the axes."""
    shape = found.tensor.shape
    if len(shape) < 2 or len(shape) > 4:
        return ""
    order = tuple(range(len(shape)))
    for perm in permutations(order):
        if perm == order:
            continue
        turned = found.theirs.reshape(-1, *(shape[axis] for axis in perm))
        back = turned.transpose(0, *(1 + perm.index(axis) for axis in order))
        if np.mean(back == found.ours) >= _NEARLY_ALL:
            first = " (channels first)" if perm == (order[-1], *order[:-1]) else ""
            return f"layout: its axes have the order {perm}{first}, ours are channels last"
    return ""


def _rounding(found: Divergence) -> str:
    """Another rule gives exactly the other values."""
    if np.abs(found.theirs - found.ours).max() > 1 + len(found.instructions):
        return ""
    for rounding, made in _replayed(found):
        if np.array_equal(made, found.theirs):
            names = [held.name for held in ARITHMETICS.values() if rounding in _rules(held)]
            engines = f" ({', '.join(names)})" if names else ""
            return f"rounding mode: with {rounding.value} rounding{engines} it gives these values"
    for name, made in _of_other_engines(found):
        if np.array_equal(made, found.theirs):
            return f"rounding mode: with the arithmetic {name} it gives these values"
    return ""


def _rules(arithmetic: Arithmetic) -> set[Rounding]:
    """The rounding rules of a profile."""
    own = {arithmetic.rounding, arithmetic.fully_connected, arithmetic.average}
    return own if arithmetic.delegate is None else own | _rules(arithmetic.delegate)


def _replayed(found: Divergence) -> Iterator[tuple[Rounding, Int64Array]]:
    """What the layer gives under every rounding but its own."""
    own = {getattr(item, "rounding", None) for item in found.instructions}
    if not any(isinstance(item, ROUNDED) for item in found.instructions):
        return
    for rounding in Rounding:
        if rounding in own or Rounding.FLOAT32 in {rounding, *own}:
            continue
        values = dict(found.values)
        for item in found.instructions:
            other = replace(item, rounding=rounding) if isinstance(item, Rounded) else item
            values[item.output] = run_instruction(found.program, other, values)
        yield rounding, values[found.tensor.name].astype(np.int64)


def _of_other_engines(found: Divergence) -> Iterator[tuple[str, Int64Array]]:
    """What the layer gives under other arithmetics, where its grids are ours there too."""
    for name, make in found.others.items():
        program = make()
        items = () if program is None else program.by_layer.get(found.layer, ())
        if program is None or not items or not _on_our_grids(found, program, items):
            continue
        values = dict(found.values)
        for item in items:
            values[item.output] = run_instruction(program, item, values)
        yield name, values[found.tensor.name].astype(np.int64)


def _on_our_grids(found: Divergence, program: Program, items: tuple[Instruction, ...]) -> bool:
    """Whether what the instructions read, and the layer's output, lie on the same grids in both."""
    made = {item.output for item in items}
    read = {name for item in items for name in item.inputs} - made - set(program.constants)
    shared = {*read, found.tensor.name}
    return all(
        name in found.program.tensors and found.program.tensors[name] == program.tensors.get(name)
        for name in shared
    )


def _saturation(found: Divergence) -> str:
    """Only values at the limits differ."""
    low, high = found.limits
    differs = found.differs
    ours, theirs = found.ours[differs], found.theirs[differs]
    if not np.isin(ours, (low, high)).all():
        return ""
    kind = found.tensor.type
    opposite = np.where(ours == high, theirs < ours, theirs > ours)
    if opposite.all() and (low, high) == (kind.min, kind.max):
        return f"saturation: it wraps around where values reach {low} or {high}"
    if ((theirs < low) | (theirs > high)).all():
        return f"saturation: it goes beyond {low} to {high}; a clamp such as Relu may be missing"
    return f"saturation: it stops at other limits than {low} and {high}"


def _scale(found: Divergence) -> str:
    """All values are farther from the zero point by one factor."""
    ours = (found.ours - found.tensor.zero_point).astype(np.float64).ravel()
    theirs = (found.theirs - found.tensor.zero_point).astype(np.float64).ravel()
    power = float(ours @ ours)
    if power == 0.0 or _correlation(found) < _PROPORTIONAL:
        return ""
    factor = float(ours @ theirs) / power
    if abs(factor - 1) < _OTHER_FACTOR:
        return ""
    return f"scale: its values are {factor:.4g} times as far from the zero point"


def _grid(found: Divergence) -> str:
    """A factor and a distance: the values lie on a grid with another scale and zero point."""
    kind = found.tensor.type
    inner = np.logical_and.reduce(
        [(held > kind.min) & (held < kind.max) for held in (found.ours, found.theirs)]
    )
    ours, theirs = (held[inner].astype(np.float64) for held in (found.ours, found.theirs))
    if np.unique(ours).size < _FEWEST_VALUES or not np.ptp(theirs):
        return ""
    factor, offset = np.polyfit(ours - found.tensor.zero_point, theirs, 1)
    zero_point = offset - found.tensor.zero_point
    if factor <= 0 or np.corrcoef(ours, theirs)[0, 1] < _PROPORTIONAL:
        return ""
    if abs(factor - 1) < _OTHER_FACTOR or abs(zero_point) < _OTHER_ZERO:
        return ""
    way = "higher" if zero_point > 0 else "lower"
    return (
        f"scale and zero point: its values are {factor:.4g} times as far from a zero point that is"
        f" {abs(zero_point):.3g} {way}"
    )


def _single_steps(found: Divergence) -> str:
    """Nothing but single steps, and no rounding rule of ours explains all of them."""
    steps = np.abs(found.theirs - found.ours)
    if steps.max() > 1:
        return ""
    share = 100.0 * np.count_nonzero(steps) / steps.size
    return f"rounding mode: {share:.2g} % of the elements differ, by one step each"


def _correlation(found: Divergence) -> float:
    """Of the distances from the zero point; 0 where one side has none."""
    ours = (found.ours - found.tensor.zero_point).astype(np.float64).ravel()
    theirs = (found.theirs - found.tensor.zero_point).astype(np.float64).ravel()
    norm = float(np.sqrt((ours @ ours) * (theirs @ theirs)))
    return float(ours @ theirs) / norm if norm > 0.0 else 0.0
