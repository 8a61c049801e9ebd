"""Sums and products of any rank, whose operands broadcast over samples and constants."""

from dataclasses import replace

import numpy as np
import pytest

from tests.reference.cases import seeded_case
from tests.reference.model import run_reference
from tinyml_studio.kernels.registry import run_instruction
from tinyml_studio.program.instructions import Add, Div, Instruction, Mul, SquaredDifference


@pytest.mark.parametrize("kind", [Add, Mul, Div, SquaredDifference])
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    "shapes", [((2, 3, 1, 2), (3, 4, 1)), ((5,), (2, 1, 3, 5)), ((1,), (1,)), ((3, 1), (2, 1, 4))]
)
def test_any_rank(kind: type[Instruction], seed: int, shapes: tuple[tuple[int, ...], ...]) -> None:
    program = seeded_case(seed, kind).program
    joined = np.broadcast_shapes(*shapes)
    tensors = {
        name: replace(program.tensors[name], shape=shape)
        for name, shape in zip("aby", (*shapes, joined), strict=True)
    }
    program = replace(program, tensors=tensors, constants={}, inputs=("a", "b"))
    rng = np.random.default_rng(seed)
    values = {}
    for name in "ab":
        type_ = tensors[name].type
        drawn = rng.integers(type_.min, type_.max + 1, (2, *tensors[name].shape))
        values[name] = drawn.astype(type_.carrier)
    (item,) = program.instructions
    expected = run_reference(program, item, values)
    np.testing.assert_array_equal(run_instruction(program, item, values), expected)
