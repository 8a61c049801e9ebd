import numpy as np

from tinyml_studio.app.sample_run import run_sample
from tinyml_studio.app.studio import Studio


def test_one_sample_gives_what_the_whole_set_gives():
    studio = Studio.open_example("motion")
    samples = studio.derived.samples
    batch = samples.read(7, 9)
    run = run_sample(studio.derived, 8)
    np.testing.assert_array_equal(run.integers[0], studio.simulate(batch[0])[0][1])
    np.testing.assert_allclose(run.floats[0], studio.float_run(batch[0])[0][1], atol=1e-5)
    port = studio.derived.graph.inputs[0]
    np.testing.assert_array_equal(run.inputs[0], port.to_graph(batch[0])[1])
    assert run.inputs[0].shape == (100, 3)
    assert (run.number, run.count, run.label) == (8, samples.count, None)


def test_a_narrow_range_saturates_its_layer():
    studio = Studio.open_example("digits")
    layer = studio.derived.graph.nodes[0]
    before = run_sample(studio.derived, 0).saturated[layer.name]
    studio.set_range(layer.name, (0.0, 0.2))
    count, size = run_sample(studio.derived, 0).saturated[layer.name]
    assert count > before[0]
    assert size == np.prod(studio.derived.graph.shapes[layer.outputs[0]])


def test_a_number_beyond_the_last_sample_means_the_last():
    studio = Studio.open_example("digits")
    assert run_sample(studio.derived, 10**6).number == studio.derived.samples.count - 1
    assert run_sample(studio.derived, -1).number == 0
