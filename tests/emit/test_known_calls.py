from dataclasses import replace

import numpy as np
import pytest

from tests.c.merged import info
from tests.c.small import small_program, with_instruction
from tests.reference.cases import seeded_case
from tinyml_studio.emit.call import table
from tinyml_studio.emit.calls.known import known_calls
from tinyml_studio.emit.calls.registry import calls_of
from tinyml_studio.emit.header import c_header
from tinyml_studio.program.instructions import BatchMatMul


@pytest.fixture
def counted():
    """What writes calls, and the layers that it really wrote."""
    written = []

    def make(item, program, *, scratch=False):
        written.append(item.layer)
        return calls_of(item, program, scratch=scratch)

    return known_calls(make), written


def write(calls, program):
    return [calls(item, program) for item in program.instructions]


def test_an_edit_writes_the_changed_layer_alone(counted):
    calls, written = counted
    program = small_program()
    before = write(calls, program)
    written.clear()
    after = write(calls, with_instruction(program, 3, bias=np.array([1, 2, 3])))
    assert written == ["dense"]
    assert [one is other for one, other in zip(before, after, strict=True)].count(False) == 1


def test_another_grid_writes_the_layers_at_both_its_ends(counted):
    calls, written = counted
    program = small_program()
    write(calls, program)
    written.clear()
    tensors = {**program.tensors, "b": replace(program.tensors["b"], zero_point=7)}
    write(calls, replace(program, tensors=tensors))
    assert written == ["depthwise", "mean"]


def test_another_constant_is_another_operand(counted):
    calls, written = counted
    case = seeded_case(1, BatchMatMul)
    name = case.instruction.inputs[1]
    shape = case.program.tensors[name].shape
    for values in (np.zeros(shape, np.int8), np.ones(shape, np.int8)):
        calls(case.instruction, replace(case.program, constants={name: values}))
    assert len(written) == 2


def test_a_header_after_an_edit_is_that_of_a_program_made_anew():
    changes = {"bias": np.array([1, 2, 3])}
    program = small_program()
    c_header(program, info=info())
    edited = with_instruction(program, 3, **changes)
    anew = with_instruction(small_program(), 3, **changes)
    assert c_header(edited, info=info()) == c_header(anew, info=info())
    assert c_header(edited, info=info()) != c_header(program, info=info())


@pytest.mark.parametrize(
    ("c_type", "values"), [("int8_t", [128]), ("uint8_t", [-1]), ("int32_t", [1 << 31])]
)
def test_a_table_holds_only_values_of_its_type(c_type, values):
    with pytest.raises(ValueError, match=c_type):
        table("bias", c_type, np.array(values, np.int64))
