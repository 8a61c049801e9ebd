"""Functions of one value as tables: a value of b bits has only 2**b cases, 65536 at most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from tinyml_studio.arith.inttype import Int64Array, IntArray
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.plan_cache import Grids, planned
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import QuantizedTensor

Item = TypeVar("Item", bound=Instruction)
Rule = Callable[[Item, Int64Array, QuantizedTensor, QuantizedTensor], Int64Array]
Kernel = Callable[[Item, Sequence[Activation], QuantizedTensor], Activation]


def tabulated(rule: Rule[Item]) -> Kernel[Item]:
    """The kernel of an instruction whose output depends on one value only.

    Parameters
    ----------
    rule
        ``rule(item, values, x, output)``: output integers for int64 integers of the input, both
        with their zero points. Results outside the output type are clipped to it. It runs once
        for every instruction, over all values that the input type has.
    """

    @planned
    def table(item: Item, inputs: Grids, output: QuantizedTensor) -> IntArray:
        (x,) = inputs
        results = rule(item, np.arange(x.type.min, x.type.max + 1), x, output)
        clipped: IntArray = np.clip(results, output.type.min, output.type.max)
        return clipped.astype(output.type.carrier)

    def kernel(item: Item, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
        (x,) = operands
        position = x.integers.astype(np.intp) - x.tensor.type.min
        return Activation(output, integers=table(item, (x.tensor,), output)[position])

    kernel.__doc__ = rule.__doc__
    return kernel
