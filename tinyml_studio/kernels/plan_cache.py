"""What a kernel prepares once for an instruction: sessions, proofs, tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import QuantizedTensor

Item = TypeVar("Item", bound=Instruction)
Plan = TypeVar("Plan")
Grids = tuple[QuantizedTensor, ...]


def planned(
    build: Callable[[Item, Grids, QuantizedTensor], Plan],
) -> Callable[[Item, Grids, QuantizedTensor], Plan]:
    """Remember what `build` makes of an instruction and the grids it works between.

    A plan lives as long as its instruction. Two threads may build the same plan; both are right.
    """
    plans: WeakKeyDictionary[Item, list[tuple[Grids, QuantizedTensor, Plan]]] = WeakKeyDictionary()

    def plan(item: Item, inputs: Grids, output: QuantizedTensor) -> Plan:
        held = plans.setdefault(item, [])
        # comparing a few grids, mostly identical ones, takes less time than hashing them
        for known_inputs, known_output, known_plan in held:
            if known_inputs == inputs and known_output == output:
                return known_plan
        made = build(item, inputs, output)
        held.append((inputs, output, made))
        return made

    return plan
