"""What stays from one sample to the next, and what does not."""

import numpy as np
import pytest

from tests.reference.cases import seeded_case
from tinyml_studio.program.instructions import Gru, Lstm, StreamBuffer, Svdf
from tinyml_studio.simulate.run import outputs, run, states_of


def stateful(kind, seed=0):
    """A program whose outputs depend on the samples before."""
    while True:
        case = seeded_case(seed, kind)
        if case.program.tensors["x"].type.bits != 8:
            seed += 1
            continue
        values = long(case.program)
        alone = run(case.program, values).values["y"]
        stream = run(case.program, values, states=states_of(case.program)).values["y"]
        if case.instruction.states and (alone != stream).any():
            return case.program
        seed += 1


def long(program, count=11):
    x = program.tensors["x"]
    values = np.random.default_rng(1).integers(-128, 128, (count, *x.shape))
    return (values.astype(np.int8),)


@pytest.fixture(params=[Lstm, Svdf, StreamBuffer])
def program(request):
    return stateful(request.param)


def test_samples_stand_alone_by_default(program):
    (values,) = long(program)
    whole = run(program, (values,)).values["y"]
    turned = run(program, (values[::-1],)).values["y"]
    np.testing.assert_array_equal(whole, turned[::-1])


def test_the_first_sample_of_a_stream_is_one_that_stands_alone(program):
    values = long(program)
    alone = run(program, values).values["y"]
    stream = run(program, values, states=states_of(program)).values["y"]
    np.testing.assert_array_equal(alone[0], stream[0])
    assert (alone != stream).any()


def test_a_stream_may_be_cut_anywhere(program):
    (values,) = long(program)
    whole = run(program, (values,), states=states_of(program)).values["y"]
    states = states_of(program)
    parts = [run(program, (part,), states=states).values["y"] for part in np.split(values, [1, 4])]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    made = list(outputs(program, [(values[:6],), (values[6:],)], stream=True))
    np.testing.assert_array_equal(np.concatenate([part[0] for part in made]), whole)


def test_an_earlier_trace_is_not_taken_for_a_stream(program):
    values = long(program)
    before = run(program, values)
    stream = run(program, values, previous=before, states=states_of(program))
    assert stream.executed == ("layer",)
    assert (stream.values["y"] != before.values["y"]).any()


def test_steps_of_a_sample_follow_each_other_as_samples_of_a_stream_do():
    """An LSTM over T steps is T samples of one step."""
    program = stateful(Lstm)
    item = program.instructions[0]
    (values,) = long(program, count=1)
    whole = run(program, (values,)).values["y"]
    states = states_of(program)
    assert set(states) == set(item.states)
    run(program, (values,), states=states)
    np.testing.assert_array_equal(states[item.hidden], whole[0, -1])


def test_a_network_without_a_state_does_not_change_in_a_stream():
    program = seeded_case(3, Gru).program
    assert states_of(program) == {}
    values = long(program)
    alone = run(program, values).values["y"]
    np.testing.assert_array_equal(alone, run(program, values, states={}).values["y"])
