from dataclasses import replace

import numpy as np
import pytest

from tests.reference.model import run_reference
from tests.reference.network import residual_network
from tinyml_studio.errors import Cancelled, SchemeError
from tinyml_studio.program.program import Program
from tinyml_studio.simulate import engine
from tinyml_studio.simulate.run import outputs, run

LAYERS = ("entry", "deep", "join", "pool", "flat", "scores")


def samples(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(-128, 128, (count, 6, 6, 2)).astype(np.int8)


def with_instruction(program: Program, position: int, **changes: object) -> Program:
    items = list(program.instructions)
    items[position] = replace(items[position], **changes)
    return replace(program, instructions=tuple(items))


def test_every_value_is_that_of_the_plain_model() -> None:
    program = residual_network()
    trace = run(program, (samples(3),))
    values = {"x": samples(3)}
    for item in program.instructions:
        values[item.output] = run_reference(program, item, values)
    assert list(trace.values) == list(values)
    for name, expected in values.items():
        np.testing.assert_array_equal(trace.values[name], expected)
        assert trace.values[name].dtype == expected.dtype
    assert trace.executed == LAYERS


def test_values_are_read_only_and_do_not_follow_the_callers_array() -> None:
    x = samples(2)
    trace = run(residual_network(), {"x": x})
    x[:] = 0
    np.testing.assert_array_equal(trace.values["x"], samples(2))
    for name in trace.values:
        with pytest.raises(ValueError, match="read-only"):
            trace.values[name][0] = 0


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    program = residual_network()
    whole = run(program, (samples(7),))
    monkeypatch.setattr(engine, "_CHUNK_ELEMENTS", 2 * 6 * 6 * 4)
    chunked = run(program, (samples(7),))
    for name in whole.values:
        np.testing.assert_array_equal(chunked.values[name], whole.values[name])


def test_unchanged_layers_keep_their_values() -> None:
    program = residual_network()
    first = run(program, (samples(4),))
    assert run(program, (samples(4),), previous=first).executed == ()
    changed = with_instruction(program, 2, high=50)
    second = run(changed, (samples(4),), previous=first)
    assert second.executed == LAYERS[2:]
    fresh = run(changed, (samples(4),))
    for name in fresh.values:
        np.testing.assert_array_equal(second.values[name], fresh.values[name])


@pytest.mark.parametrize("change", ["input", "input grid", "output grid", "weights"])
def test_whatever_matters_runs_again(change: str) -> None:
    program = residual_network()
    first = run(program, (samples(4),))
    x = samples(4)
    if change == "input":
        x[0, 0, 0, 0] ^= 1
    elif change == "weights":
        weights = program.instructions[0].weights.copy()
        weights[0, 0, 0, 0] ^= 1
        program = with_instruction(program, 0, weights=weights)
    else:
        name = "x" if change == "input grid" else "entry"
        moved = replace(program.tensors[name], zero_point=-5)
        program = replace(program, tensors={**program.tensors, name: moved})
    assert run(program, (x,), previous=first).executed == LAYERS


def test_equal_content_in_new_objects_is_unchanged() -> None:
    first = run(residual_network(), (samples(4),))
    assert run(residual_network(), (samples(4),), previous=first).executed == ()


def test_saturated_values_are_counted_per_layer() -> None:
    program = residual_network()
    trace = run(program, (samples(5),))
    deep = trace.values["deep"]
    assert trace.saturated["deep"] == np.isin(deep, [-128, 127]).sum() > 0
    # zero stands at the lower end of this type: a Relu, not a saturation
    assert trace.saturated["entry"] == (trace.values["entry"] == 127).sum()
    assert trace.saturated["pool"] == trace.saturated["flat"] == 0


def test_outputs_alone_are_the_same_batch_by_batch() -> None:
    program = residual_network()
    x = samples(6)
    parts = [scores for (scores,) in outputs(program, ((x[i : i + 2],) for i in (0, 2, 4)))]
    np.testing.assert_array_equal(np.concatenate(parts), run(program, (x,)).values["scores"])


def test_progress_can_cancel_between_instructions() -> None:
    seen = []

    def stop_at_three(done: int, total: int, what: str) -> None:
        seen.append((done, total))
        if done == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(residual_network(), (samples(1),), progress=stop_at_three)
    assert seen == [(0, 6), (1, 6), (2, 6), (3, 6)]


@pytest.mark.parametrize(
    ("x", "what"),
    [
        (samples(2)[:, :5], "not int8"),
        (samples(2).astype(np.int16), "not int8"),
        (samples(0), "above 0"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(x: np.ndarray, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        run(residual_network(), (x,))


def test_wrong_names_and_numbers_of_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="expected"):
        run(residual_network(), {"y": samples(1)})
    with pytest.raises(ValueError, match="the program has 1"):
        run(residual_network(), (samples(1), samples(1)))


def test_an_accumulator_that_could_overflow_is_refused_before_anything_runs() -> None:
    program = residual_network()
    bias = np.full(4, 2**31 - 1)
    with pytest.raises(SchemeError, match="entry"):
        run(with_instruction(program, 0, bias=bias), (samples(1),))


def test_a_large_batch_runs_in_small_chunks() -> None:
    parts = engine.chunks(residual_network(), 100_000)
    sizes = [part.stop - part.start for part in parts]
    assert sum(sizes) == 100_000
    assert max(sizes) * 6 * 6 * 4 * np.float32().nbytes <= 2**21
