"""The float run: model layout in, graph layout or model layout out."""

import weakref

import numpy as np
import pytest

from tinyml_studio.calibrate import float_run
from tinyml_studio.calibrate.float_run import FloatRunner, running_tensors


@pytest.fixture
def batch():
    return (np.random.default_rng(0).normal(size=(5, 2, 6, 6)).astype(np.float32),)


def test_every_tensor_that_depends_on_the_input_is_run(small_graph, batch):
    values = FloatRunner(small_graph).run(batch)
    assert tuple(values) == running_tensors(small_graph) == ("x", "a", "b", "c", "d", "e")
    for tensor, value in values.items():
        assert value.shape == (5, *small_graph.shapes[tensor])
        assert value.dtype == np.float32
    np.testing.assert_array_equal(values["x"], batch[0].transpose(0, 2, 3, 1))


def test_outputs_have_the_layout_of_the_model(small_graph, batch):
    runner = FloatRunner(small_graph)
    scores, pooled = runner.outputs(batch)
    values = runner.run(batch, ["b", "e"])
    np.testing.assert_array_equal(scores, values["e"])
    np.testing.assert_array_equal(pooled, values["b"].transpose(0, 3, 1, 2))


def test_any_batch_size_gives_the_same_values(small_graph, batch):
    runner = FloatRunner(small_graph)
    together = runner.run(batch)
    for sample in range(5):
        alone = runner.run((batch[0][sample : sample + 1],))
        for tensor, value in alone.items():
            np.testing.assert_allclose(
                value[0], together[tensor][sample], rtol=1e-5, atol=1e-6, err_msg=tensor
            )


def test_a_tensor_may_be_asked_for_twice(small_graph, batch):
    assert list(FloatRunner(small_graph).run(batch, ["d", "d"])) == ["d"]


@pytest.mark.parametrize("most", [1, 2, 3])
@pytest.mark.parametrize("tensors", [None, ["e"], ["b", "e"], ["x", "c"], ["x"]])
def test_a_long_network_runs_in_pieces_with_the_same_values(
    small_graph, batch, monkeypatch, most, tensors
):
    wanted = FloatRunner(small_graph).run(batch, tensors)
    monkeypatch.setattr(float_run, "MOST_IN_ONE", most)
    runner = FloatRunner(small_graph)
    found = runner.run(batch, tensors)
    assert list(found) == list(wanted)
    for name, values in wanted.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-6, atol=1e-7, err_msg=name)
        assert found[name].flags.c_contiguous
        assert not np.shares_memory(found[name], batch[0])
    (steps,) = runner._steps.values()
    made = [name for step in steps for name in step.makes]
    assert len(steps) == 1 or all(0 < len(step.makes) <= most for step in steps)
    assert len(made) == len(set(made))


def test_what_no_later_piece_reads_is_given_back(small_graph, batch, monkeypatch):
    monkeypatch.setattr(float_run, "MOST_IN_ONE", 1)
    runner = FloatRunner(small_graph)
    runner.outputs(batch)
    (steps,) = runner._steps.values()
    outputs = {port.tensor for port in small_graph.outputs}
    read = {name for step in steps for name in step.reads}
    dropped = [name for step in steps for name in step.drops]
    assert len(steps) == len(small_graph.nodes)
    assert set(dropped) == read - outputs - {"x"}
    assert len(dropped) == len(set(dropped))


def test_the_pieces_are_freed_one_by_one(small_graph, batch, monkeypatch):
    monkeypatch.setattr(float_run, "MOST_IN_ONE", 1)
    runner = FloatRunner(small_graph)
    runner.outputs(batch)
    sessions = [weakref.ref(step.session) for steps in runner._steps.values() for step in steps]
    left = []
    monkeypatch.setattr(
        float_run, "give_way", lambda: left.append(sum(held() is not None for held in sessions))
    )
    del runner
    assert left == list(range(len(sessions) - 1, -1, -1))
