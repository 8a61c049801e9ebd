"""The float run: model layout in, graph layout or model layout out."""

import numpy as np
import pytest

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
