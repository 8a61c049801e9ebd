import numpy as np
import pytest

from tinyml_studio.app.confusion import classes_of
from tinyml_studio.app.difference import difference
from tinyml_studio.app.other_arithmetic import with_arithmetic
from tinyml_studio.app.sample_run import SampleRunner, run_sample
from tinyml_studio.app.studio import Studio
from tinyml_studio.errors import Cancelled, SchemeError


@pytest.fixture
def studio():
    return Studio.open_example("digits")


def test_the_classes_are_those_of_the_evaluation(studio):
    samples = studio.read_samples(studio.test_data)
    found, evaluation = classes_of(studio.derived, samples), studio.evaluate()
    assert np.mean(found.real == found.labels) == pytest.approx(evaluation.float_accuracy)
    assert np.mean(found.integer == found.labels) == pytest.approx(evaluation.integer_accuracy)
    assert np.mean(found.integer == found.real) == pytest.approx(evaluation.agreement)


def test_it_can_be_cancelled(studio):
    def stop(done, total, what):
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        classes_of(studio.derived, studio.derived.need_samples(), progress=stop)


@pytest.mark.parametrize("name", ["tflm-single", "pow2", "onnx"])
def test_another_arithmetic_is_what_the_session_would_make_of_it(studio, name):
    other = with_arithmetic(studio.derived, name)
    assert studio.document.arithmetic == "tflm"
    studio.set_arithmetic(name)
    found = difference(studio.derived, other, studio.derived.need_samples().take(5))
    assert found.is_equal


def test_an_unknown_arithmetic_is_refused(studio):
    with pytest.raises(SchemeError):
        with_arithmetic(studio.derived, "nobody")


def test_every_layer_of_a_sample_is_there_with_its_counts(studio):
    run = run_sample(studio.derived, 3)
    assert list(run.layers) == [row.name for row in studio.layers]
    trace = studio.trace(studio.derived.need_samples().read(3, 4)[0])
    for row in studio.layers:
        held = run.layers[row.name]
        np.testing.assert_array_equal(held.integers, trace.values[row.output][0])
        assert held.floats.shape == held.integers.shape
    layer = studio.derived.graph.nodes[0]
    studio.set_range(layer.name, (0.0, 0.2))
    narrow = SampleRunner().run(studio.derived, 3).layers[layer.name]
    step = narrow.tensor.scale
    top = (narrow.tensor.type.max - narrow.tensor.zero_point) * step
    assert narrow.clipped == np.count_nonzero(narrow.floats > top + step / 2) > 0
