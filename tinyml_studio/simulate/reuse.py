"""Which values of an earlier trace still hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.program.program import Program, QuantizedTensor
from tinyml_studio.progress import in_turns
from tinyml_studio.simulate.fingerprint import fingerprint
from tinyml_studio.simulate.trace import Trace


def still_valid(
    program: Program, inputs: Mapping[str, IntArray], previous: Trace | None
) -> frozenset[str]:
    """Tensors of `program` whose values `previous` already has.

    An input or constant is unchanged when its grid and its values are; what an instruction made is
    when the instruction, its output's grid and all its inputs are.
    """
    if previous is None or program.arithmetic != previous.program.arithmetic:
        return frozenset()
    old = previous.program
    valid = {
        name
        for name in program.inputs
        if _same_grid(program, old, name)
        and name in old.inputs
        and _equal(inputs[name], previous.values[name])
    }
    valid |= {
        name
        for name, value in program.constants.items()
        if _same_grid(program, old, name)
        and name in old.constants
        and _equal(value, old.constants[name])
    }
    makers = {item.output: item for item in old.instructions}
    for item in in_turns(program.instructions):
        before = makers.get(item.output)
        if (
            before is not None
            and valid.issuperset(item.inputs)
            and _same_grid(program, old, item.output)
            and fingerprint(item) == fingerprint(before)
        ):
            valid.add(item.output)
    return frozenset(valid)


def _same_grid(program: Program, old: Program, name: str) -> bool:
    """Whether a tensor has the same shape, type and zero point in both; integers ignore scales."""
    return name in old.tensors and _grid(program.tensors[name]) == _grid(old.tensors[name])


def _grid(tensor: QuantizedTensor) -> tuple[object, ...]:
    return tensor.shape, tensor.type, tensor.zero_point


def _equal(values: IntArray, others: IntArray) -> bool:
    return values is others or np.array_equal(values, others)
