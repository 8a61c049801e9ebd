import numpy as np
import pytest

from tests.passes.sketch import Sketch
from tests.simulate import small_network
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.errors import Cancelled, DataError
from tinyml_studio.ir import ops
from tinyml_studio.progress import silent
from tinyml_studio.quantize.scheme import LayerScheme, Scheme
from tinyml_studio.simulate.classify import classes
from tinyml_studio.simulate.evaluate import evaluate, evaluate_batch
from tinyml_studio.simulate.io import dequantize_outputs, quantize_inputs
from tinyml_studio.simulate.run import run

GRAPH = small_network.graph()
PROGRAM = small_network.program(GRAPH, Scheme(default=LayerScheme().with_bits("w3a4")))
X = small_network.values(150, seed=2)
LABELS = np.random.default_rng(0).integers(0, small_network.CLASSES, len(X))
SAMPLES = Samples.of([X], LABELS)


def outputs():
    trace = run(PROGRAM, quantize_inputs(PROGRAM, GRAPH, [X]))
    return FloatRunner(GRAPH).outputs([X])[0], dequantize_outputs(PROGRAM, GRAPH, trace)[0]


def test_shares_are_over_all_samples():
    real, integer = (values.argmax(axis=1) for values in outputs())
    found = evaluate(GRAPH, PROGRAM, SAMPLES, error_samples=70)
    assert (found.samples, found.error_samples) == (150, 70)
    assert found.agreement == pytest.approx(np.mean(real == integer))
    assert found.float_accuracy == pytest.approx(np.mean(real == LABELS))
    assert found.integer_accuracy == pytest.approx(np.mean(integer == LABELS))
    assert 0.3 < found.agreement < 1.0


def test_errors_are_over_the_first_samples():
    found = evaluate(GRAPH, PROGRAM, SAMPLES, error_samples=70)
    first = evaluate(GRAPH, PROGRAM, SAMPLES.take(70))
    assert found.layers == first.layers
    assert found.layers[0].name == "x0"


def test_without_labels_there_is_no_accuracy():
    found = evaluate(GRAPH, PROGRAM, Samples.of([X[:5]]))
    assert found.float_accuracy is None
    assert found.integer_accuracy is None
    assert found.samples == 5


def test_one_batch_again_and_again_gives_what_evaluate_gives():
    floats = FloatRunner(GRAPH).run([X[:20]])
    other = small_network.program(GRAPH)
    live = evaluate_batch(GRAPH, other, [X[:20]], floats, labels=LABELS[:20])
    live = evaluate_batch(GRAPH, PROGRAM, [X[:20]], floats, labels=LABELS[:20], previous=live)
    whole = evaluate(GRAPH, PROGRAM, SAMPLES.take(20))
    assert live.evaluation.layers == whole.layers
    assert live.evaluation.agreement == whole.agreement
    assert live.evaluation.integer_accuracy == whole.integer_accuracy


def test_progress_counts_samples_and_stops():
    seen = []
    evaluate(GRAPH, PROGRAM, SAMPLES, progress=lambda *told: seen.append(told))
    assert seen[-1] == (150, 150, "evaluating")
    assert [told[0] for told in seen] == sorted(told[0] for told in seen)

    def cancel(done, total, what):
        silent(done, total, what)
        raise Cancelled

    with pytest.raises(Cancelled):
        evaluate(GRAPH, PROGRAM, SAMPLES, progress=cancel)


def test_no_samples_are_refused():
    with pytest.raises(DataError, match="no samples"):
        evaluate(GRAPH, PROGRAM, SAMPLES.take(0))


@pytest.mark.parametrize(("last", "want"), [(ops.Sigmoid(), [0, 0, 1]), (ops.Tanh(), [0, 1, 1])])
def test_a_single_output_is_a_decision(last, want):
    s = Sketch()
    graph = s.graph(s.node(last, s.input(1)))
    assert classes(graph, np.array([[0.0], [0.4], [0.6]])).tolist() == want


def test_the_first_of_equal_elements_wins():
    s = Sketch()
    graph = s.graph(s.node(ops.Tanh(), s.input(2, 2)))
    assert classes(graph, np.array([[[0, 7], [7, 1]]])).tolist() == [1]
