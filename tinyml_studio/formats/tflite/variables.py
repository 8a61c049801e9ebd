"""Buffers of a stream, which a file writes with resource variables.

A variable keeps what came before; it is joined with what is new, and the end of that is assigned to
it again. One operator of ours does the same, and keeps no more than is joined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.element_types import decode
from tinyml_studio.formats.tflite.last_positions import last_positions
from tinyml_studio.formats.tflite.schema import Past, WireGraph, WireOperator, WireTensor

STREAM_BUFFER = "STREAM_BUFFER"
"""What such a join is called afterwards; no file can name an operator so."""

_VARIABLES = ("CALL_ONCE", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE")


def fold_variables(graph: WireGraph) -> WireGraph:
    """The graph with its variables as buffers of streams.

    Raises
    ------
    Malformed
        If a variable is used in another way; names the operator.
    """
    if not any(operator.kind in _VARIABLES for operator in graph.operators):
        return graph
    return _Folding(graph).run()


@dataclass(frozen=True, eq=False)
class _Variable:
    """One variable's only reader and only writer."""

    reader: WireOperator
    writer: WireOperator
    name: str


class _Folding:
    """Who makes, reads and keeps the tensors of a graph."""

    def __init__(self, graph: WireGraph) -> None:
        self._graph = graph
        self._makers = {index: held for held in graph.operators for index in held.outputs}
        self._readers: dict[int, list[WireOperator]] = {}
        for held in graph.operators:
            for index in held.inputs:
                self._readers.setdefault(index, []).append(held)
        self._gone: set[int] = set()
        self._joined: dict[int, WireOperator] = {}

    def run(self) -> WireGraph:
        """Every variable as the operator that joins it."""
        start = _first_values(self._graph)
        for variable in self._variables():
            try:
                self._fold(variable, start)
            except Refused as refusal:
                raise Malformed(f"the variable {variable.name!r:.80} cannot be read: {refusal}").at(
                    variable.writer.place
                ) from None
        kept = (
            self._joined.get(held.index, held)
            for held in self._graph.operators
            if held.index not in self._gone and held.kind not in _VARIABLES
        )
        return replace(self._graph, operators=tuple(kept), others=())

    def _variables(self) -> list[_Variable]:
        """All variables, each with one reader and one writer."""
        users: dict[str, list[WireOperator]] = {}
        for held in self._graph.operators:
            if held.kind in ("READ_VARIABLE", "ASSIGN_VARIABLE"):
                users.setdefault(_shared_name(held, self._makers), []).append(held)
        found = []
        for name, own in users.items():
            readers = [one for one in own if one.kind == "READ_VARIABLE"]
            writers = [one for one in own if one.kind == "ASSIGN_VARIABLE"]
            if len(readers) != 1 or len(writers) != 1:
                raise Malformed(
                    f"the variable {name!r:.80} is read {len(readers)} times and assigned "
                    f"{len(writers)} times; once each is supported"
                )
            found.append(_Variable(readers[0], writers[0], name))
        return found

    def _fold(self, variable: _Variable, start: Mapping[str, WireTensor]) -> None:
        """Find the join between reading and assigning, and put our operator in its place."""
        tensors = self._graph.tensors
        (state,) = variable.reader.outputs
        join = self._join(state)
        past, fresh = (tensors[index] for index in join.inputs)
        (line,) = join.outputs
        axis = join.options.integer(0, "<i4") if join.options is not None else 0
        axis += len(tensors[line].shape) if axis < 0 else 0
        if not 0 < axis < min(len(past.shape), len(fresh.shape)):
            raise Refused(f"it is joined along axis {axis}")
        _check_start(start.get(variable.name), tensors[state])
        self._check_kept(variable.writer, line, axis, tensors[state].shape[axis])
        self._joined[join.index] = replace(
            join,
            kind=STREAM_BUFFER,
            inputs=(fresh.index,),
            options=None,
            past=Past(axis, past.shape[axis]),
        )

    def _join(self, state: int) -> WireOperator:
        """The concatenation of the variable, or of its end, with one other tensor."""
        reader = self._only_reader(state)
        if reader.kind == "STRIDED_SLICE":
            self._check_end(reader, state)
            self._gone.add(reader.index)
            (state,) = reader.outputs
            reader = self._only_reader(state)
        if reader.kind != "CONCATENATION" or len(reader.inputs) != 2 or reader.inputs[0] != state:
            raise Refused("it is not joined in front of one other tensor")
        if reader.options is not None and reader.options.integer(1, "i1"):
            raise Refused("it is joined with a fused activation")
        return reader

    def _check_end(self, cut: WireOperator, source: int) -> None:
        """Refuse a slice that is not the end of its tensor along one axis."""
        if cut.inputs[0] != source or not last_positions(cut, self._graph.tensors):
            raise Refused("what is taken of it is not its end along one axis")

    def _check_kept(self, writer: WireOperator, line: int, axis: int, size: int) -> None:
        """Refuse anything but the end of the line as the variable's next value."""
        value = writer.inputs[1]
        tensors = self._graph.tensors
        if value == line:
            return
        cut = self._makers.get(value)
        if cut is None or cut.kind != "STRIDED_SLICE":
            raise Refused("what is assigned to it is not the end of what it is joined to")
        self._check_end(cut, line)
        if tensors[value].shape[axis] != size:
            raise Refused(f"what is assigned to it has the shape {tensors[value].shape}")
        if Counter(self._reading(value)) == {writer.index: 1}:
            self._gone.add(cut.index)

    def _reading(self, tensor: int) -> list[int]:
        outputs = [-1] * self._graph.outputs.count(tensor)
        return [held.index for held in self._readers.get(tensor, [])] + outputs

    def _only_reader(self, tensor: int) -> WireOperator:
        if len(self._reading(tensor)) != 1 or tensor in self._graph.outputs:
            raise Refused("more than one operator reads it")
        return self._readers[tensor][0]


def _shared_name(operator: WireOperator, makers: Mapping[int, WireOperator]) -> str:
    """The name of an operator's variable, which says whether two are the same."""
    handle = makers.get(operator.inputs[0]) if operator.inputs else None
    if handle is None or handle.kind != "VAR_HANDLE" or handle.options is None:
        raise Malformed("its variable is not named").at(operator.place)
    wanted = (1, 1) if operator.kind == "READ_VARIABLE" else (2, 0)
    if (len(operator.inputs), len(operator.outputs)) != wanted:
        raise Malformed("it has another number of operands than it takes").at(operator.place)
    return f"{handle.options.text(0)}/{handle.options.text(1)}"


def _first_values(graph: WireGraph) -> dict[str, WireTensor]:
    """What the graphs that run once assign to each variable."""
    found: dict[str, WireTensor] = {}
    for operator in graph.operators:
        if operator.kind != "CALL_ONCE":
            continue
        number = operator.options.integer(0, "<i4") if operator.options is not None else 0
        if not 1 <= number <= len(graph.others):
            raise Malformed(f"it calls graph {number}").at(operator.place)
        other = graph.others[number - 1]
        makers = {index: held for held in other.operators for index in held.outputs}
        for held in other.operators:
            if held.kind == "ASSIGN_VARIABLE":
                found[_shared_name(held, makers)] = other.tensors[held.inputs[1]]
            elif held.kind != "VAR_HANDLE":
                raise Malformed(f"it computes with {held.kind}").at(operator.place)
    return found


def _check_start(first: WireTensor | None, state: WireTensor) -> None:
    """Refuse a first value that is not zero everywhere."""
    if first is None or first.data is None:
        raise Refused("the file does not say with which values it begins")
    zero = 0
    if state.quantization is not None and state.quantization.zero_point.size:
        zero = int(state.quantization.zero_point[0])
    if first.shape != state.shape or np.any(decode(first) != zero):
        raise Refused("it does not begin with zeros")
