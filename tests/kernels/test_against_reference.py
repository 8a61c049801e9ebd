from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference.cases import seeded_case
from tests.reference.model import run_reference
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.kernels.registry import KERNELS, run_instruction
from tinyml_studio.program.instructions import INSTRUCTIONS, ROUNDED, Instruction

seeds = st.integers(0, 2**32 - 1)


def assert_agrees(seed: int, kind: type[Instruction], rounding: Rounding | None = None) -> None:
    case = seeded_case(seed, kind, rounding)
    computed = run_instruction(case.program, case.instruction, case.inputs)
    expected = run_reference(case.program, case.instruction, case.inputs)
    assert computed.dtype == expected.dtype
    np.testing.assert_array_equal(computed, expected)


@pytest.mark.parametrize("kind", INSTRUCTIONS)
@settings(max_examples=60, deadline=None)
@given(seed=seeds)
def test_kernel_agrees_with_the_plain_model(kind: type[Instruction], seed: int) -> None:
    assert_agrees(seed, kind)


@pytest.mark.parametrize("rounding", [item for item in Rounding if item is not Rounding.DOUBLE])
@pytest.mark.parametrize("kind", ROUNDED)
@settings(max_examples=12, deadline=None)
@given(seed=seeds)
def test_kernel_agrees_under_every_rounding(
    kind: type[Instruction], rounding: Rounding, seed: int
) -> None:
    assert_agrees(seed, kind, rounding)


def test_all_that_has_a_rounding_is_known_to_have_one() -> None:
    having = {kind for kind in INSTRUCTIONS if "rounding" in {one.name for one in fields(kind)}}
    assert having == set(ROUNDED)


def test_every_instruction_has_a_kernel() -> None:
    assert set(KERNELS) == set(INSTRUCTIONS)
