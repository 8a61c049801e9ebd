"""What the header's data take, exactly, without writing its text: flash by layer, and the arena."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tinyml_studio.emit.call import Argument, Parameters, Table, Value, integer_table
from tinyml_studio.emit.calls.registry import calls_of
from tinyml_studio.emit.firmware_plan import firmware_plan
from tinyml_studio.program.arena import ArenaPlan
from tinyml_studio.program.program import Program
from tinyml_studio.program.views import is_view


@dataclass(frozen=True, eq=False)
class DataSizes:
    """Bytes of data, without code.

    Parameters
    ----------
    plan
        Where every tensor lies in RAM.
    arena
        Bytes of the arena, with the scratch memory of kernels.
    weights, constants
        Bytes in flash, as the header's front matter states them.
    by_layer
        Weights and constants of each layer. What several layers share counts for the first.
    """

    plan: ArenaPlan
    arena: int
    weights: int
    constants: int
    by_layer: Mapping[str, int]


def data_sizes(program: Program) -> DataSizes:
    """The sizes that `c_header` would state for a program."""
    planned = firmware_plan(program)
    plan, scratch = planned.tensors, planned.scratch
    count = _Count()
    for tensor, values in program.constants.items():
        count.add(integer_table("constant", values, program.tensors[tensor].type))
    by_layer: dict[str, int] = {}
    for item in program.instructions:
        by_layer.setdefault(item.layer, 0)
        if is_view(program, item, plan.offsets):
            continue
        before = count.weights + count.constants
        for call in calls_of(item, program, scratch=item.output in scratch.offsets):
            for argument in call.arguments:
                count.add(argument)
        spent = count.weights + count.constants - before
        by_layer[item.layer] += spent
    return DataSizes(plan, max(scratch.size, 1), count.weights, count.constants, by_layer)


class _Count:
    """Counts tables once, and members of structures."""

    def __init__(self) -> None:
        self.weights = self.constants = 0
        self._seen: set[tuple[str, bytes, bool]] = set()

    def add(self, argument: Argument) -> None:
        """An argument of a call; tensors are no data in flash."""
        if isinstance(argument, Table):
            self._table(argument)
        elif isinstance(argument, Parameters):
            for value in _members(argument):
                self._member(value)

    def _member(self, value: Value) -> None:
        if isinstance(value, tuple):
            self.constants += 4 * len(value)
            return
        self.constants += 4
        if isinstance(value, Table):
            self._table(value)

    def _table(self, table: Table) -> None:
        key = (table.c_type, table.data, table.aligned)
        if key in self._seen:
            return
        self._seen.add(key)
        if table.role == "weights":
            self.weights += table.nbytes
        else:
            self.constants += table.nbytes


def _members(held: Parameters) -> Iterator[Value]:
    """The values of a structure, those of structures within it too."""
    for value in held.values.values():
        if isinstance(value, Parameters):
            yield from _members(value)
        else:
            yield value
