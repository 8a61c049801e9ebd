"""What lies between SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND, read where the pixels were.

The first moves every b-th pixel into a sample of its own. An operator on single positions does
there what it does where the pixels were, and a convolution is one whose window and padding are b
times as wide, integer by integer; of its positions strides of s take every s-th run of b. So the
first becomes the padding that it does, the last what it cuts off, and all between them keep their
operands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.dilation import constant_list
from tinyml_studio.formats.tflite.position_wise import Apart, apart_between
from tinyml_studio.formats.tflite.schema import Blocks, WireGraph, WireOperator, WireTensor
from tinyml_studio.ir.ops import Shape

MOVES = frozenset({"SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND"})


def fold_moves(graph: WireGraph) -> WireGraph:
    """The graph with such moves as padding and cutting; others are told what hinders them."""
    if not any(held.kind in MOVES for held in graph.operators):
        return graph
    return _Moves(graph).run()


@dataclass(eq=False)
class _Group:
    """Moves that belong together, and why they cannot be folded."""

    hindrance: str = ""
    into: _Group | None = None

    @property
    def whole(self) -> _Group:
        """The group that this one has become part of."""
        found = self
        while found.into is not None:
            found = found.into
        return found

    def join(self, other: _Group) -> None:
        """Fold both or none."""
        if other.whole is not self.whole:
            self.whole.hindrance = self.whole.hindrance or other.whole.hindrance
            other.whole.into = self.whole


class _Moves:
    """Which tensors hold pixels in samples of their own, and in which groups of moves."""

    def __init__(self, graph: WireGraph) -> None:
        self._graph = graph
        self._apart: dict[int, Apart] = {}
        self._groups: dict[int, _Group] = {}  # by tensor
        self._operators: dict[int, tuple[_Group, Blocks | None]] = {}  # by operator

    def run(self) -> WireGraph:
        """Every operator and tensor as it is where the pixels were."""
        for operator in self._graph.operators:
            self._visit(operator)
        for index in self._graph.outputs:
            if index in self._groups:
                self._groups[index].whole.hindrance = "an output of the model has its pixels there"
        tensors = list(self._graph.tensors)
        for index, apart in self._apart.items():
            if not self._groups[index].whole.hindrance:
                tensors[index] = replace(tensors[index], shape=apart.joined)
        operators = tuple(map(self._rewritten, self._graph.operators))
        return replace(self._graph, tensors=tuple(tensors), operators=operators)

    def _visit(self, operator: WireOperator) -> None:
        """Follow the pixels through one operator."""
        moved = [index for index in operator.inputs if index in self._apart]
        if operator.kind == "SPACE_TO_BATCH_ND" and not moved:
            found = _moved(self._graph.tensors, operator)
            group = _Group("" if found else "its blocks and its shapes do not fit each other")
            self._operators[operator.index] = group, None
            if found is not None:
                self._mark(operator, found, group)
        elif moved:
            group = self._groups[moved[0]]
            for index in moved[1:]:
                group.join(self._groups[index])
            self._go_on(operator, group.whole)

    def _go_on(self, operator: WireOperator, group: _Group) -> None:
        """An operator that reads moved pixels: it moves them back, or leaves them there."""
        blocks = None
        try:
            if operator.kind == "BATCH_TO_SPACE_ND":
                _check_back(self._graph.tensors, operator, self._apart.get(operator.inputs[0]))
            else:
                found, blocks = apart_between(self._graph.tensors, operator, self._apart)
                self._mark(operator, found, group)
        except Refused as refusal:
            group.hindrance = group.hindrance or f"{operator.place} {refusal}"
        self._operators[operator.index] = group, blocks

    def _mark(self, operator: WireOperator, found: Apart, group: _Group) -> None:
        self._apart[operator.outputs[0]] = found
        self._groups[operator.outputs[0]] = group

    def _rewritten(self, operator: WireOperator) -> WireOperator:
        """An operator as it is where the pixels were, or with what hinders it."""
        if operator.index not in self._operators:
            return operator
        group, blocks = self._operators[operator.index]
        if group.whole.hindrance:
            return replace(operator, hindrance=group.whole.hindrance)
        return replace(operator, blocks=blocks or operator.blocks, hindrance="")


def _moved(tensors: tuple[WireTensor, ...], operator: WireOperator) -> Apart | None:
    """Where a SPACE_TO_BATCH_ND puts its pixels; None where its parts do not fit."""
    numbers = _numbers(tensors, operator)
    if numbers is None:
        return None
    block, pads = numbers
    source, target = (tensors[at].shape for at in (operator.inputs[0], operator.outputs[0]))
    if len(block) > len(source) - 2 or len(target) != len(source):
        return None
    full = list(source)
    for axis, (before, after) in enumerate(zip(pads[::2], pads[1::2], strict=True), start=1):
        full[axis] += before + after
    factors = (*block, *(1,) * (len(source) - 1 - len(block)))
    found = Apart(factors, tuple(full))
    return found if found.shape == target else None


def _check_back(
    tensors: tuple[WireTensor, ...], operator: WireOperator, apart: Apart | None
) -> None:
    """Refuse a BATCH_TO_SPACE_ND that does not undo a move."""
    numbers = _numbers(tensors, operator)
    if apart is None or numbers is None or len(numbers[0]) > len(apart.factors):
        raise Refused("has no constant blocks that fit its input")
    block, crops = numbers
    factors = (*block, *(1,) * (len(apart.factors) - len(block)))
    if factors != apart.factors:
        raise Refused(f"moves blocks of {factors} back, and {apart.factors} were moved")
    cut = [before + after for before, after in zip(crops[::2], crops[1::2], strict=True)]
    if min(size - less for size, less in zip(apart.joined[1:], cut, strict=False)) < 1:
        raise Refused("cuts everything off")


def _numbers(tensors: tuple[WireTensor, ...], operator: WireOperator) -> tuple[Shape, Shape] | None:
    """The sizes of the blocks, and pads or crops in front and behind for each of them."""
    if len(operator.inputs) != 3 or min(operator.inputs) < 0:
        return None
    block, ends = (constant_list(tensors[index]) for index in operator.inputs[1:])
    if not block or len(ends) != 2 * len(block) or min(block) < 1 or min(ends) < 0:
        return None
    return block, ends
