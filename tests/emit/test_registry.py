import pytest

from tests.reference.cases import seeded_case
from tinyml_studio.emit.call import Operand, Result
from tinyml_studio.emit.calls.registry import CALL_WRITERS, calls_of
from tinyml_studio.emit.library import library
from tinyml_studio.program.instructions import INSTRUCTIONS


def test_every_instruction_is_written():
    assert set(CALL_WRITERS) == set(INSTRUCTIONS)


@pytest.mark.parametrize("kind", INSTRUCTIONS)
def test_calls_read_the_inputs_and_write_the_output(kind):
    case = seeded_case(1, kind)
    calls = calls_of(case.instruction, case.program)
    assert all(call.kernel in library().items for call in calls)
    arguments = [argument for call in calls for argument in call.arguments]
    read = {argument.tensor for argument in arguments if isinstance(argument, Operand)}
    written = {argument.tensor for argument in arguments if isinstance(argument, Result)}
    assert read == set(case.instruction.inputs)
    item = case.instruction
    assert written == {item.output, *item.states, *item.memory}
