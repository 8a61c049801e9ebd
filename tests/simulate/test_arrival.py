import math

import numpy as np
import pytest

from tests.simulate import small_network
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.errors import Cancelled
from tinyml_studio.ir import ops
from tinyml_studio.ir.cut import behind
from tinyml_studio.quantize.legality import FOLLOWERS
from tinyml_studio.quantize.scheme import LayerScheme, Scheme
from tinyml_studio.simulate.arrival import arrivals, bias_error
from tinyml_studio.simulate.error import layer_errors
from tinyml_studio.simulate.io import on_grid, quantize_inputs, real_values
from tinyml_studio.simulate.metrics import error_sums
from tinyml_studio.simulate.run import run

GRAPH = small_network.graph()
X = small_network.values(9, seed=1)
FLOATS = FloatRunner(GRAPH).run([X])
OUTPUT = GRAPH.outputs[0].tensor


def program(bits="w8a8"):
    return small_network.program(GRAPH, Scheme(default=LayerScheme().with_bits(bits)))


@pytest.mark.parametrize("bits", ["w8a8", "w4a8", "w2a4"])
def test_the_isolated_error_is_that_of_the_table(bits):
    made = program(bits)
    table = layer_errors(GRAPH, run(made, quantize_inputs(made, GRAPH, [X])), FLOATS).errors
    found = arrivals(GRAPH, made, FLOATS).arrivals
    assert list(found) == [item.name for item in table]
    for item in table:
        held = found[item.name]
        assert held.isolated.sqnr_db == pytest.approx(item.sqnr_isolated_db, abs=0.01)
        assert held.isolated.cosine == pytest.approx(item.cosine_isolated, abs=1e-5)
        assert held.isolated.max_abs == pytest.approx(item.max_abs_isolated, rel=1e-3)


def test_the_last_layer_arrives_as_it_is_and_an_input_is_carried_by_the_float_network():
    made = program("w4a4")
    found = arrivals(GRAPH, made, FLOATS).arrivals
    last = found[GRAPH.nodes[-1].name]
    assert last.output == last.isolated
    port = GRAPH.inputs[0]
    tensor = made.tensors[port.tensor]
    rounded = real_values(tensor, on_grid(tensor, FLOATS[port.tensor]))
    carried = FloatRunner(behind(GRAPH, port.name, OUTPUT)).run([rounded])[OUTPUT]
    expected = error_sums(FLOATS[OUTPUT], carried)
    assert found[port.name].output.sqnr_db == pytest.approx(expected.sqnr_db, abs=1e-3)
    assert found[port.name].inputs == 0.0


def test_a_layer_that_only_moves_values_inherits_its_error():
    found = arrivals(GRAPH, program(), FLOATS).arrivals
    movers = [node for node in GRAPH.nodes if isinstance(node.op, FOLLOWERS)]
    assert movers
    for node in movers:
        held = found[node.name]
        assert held.inputs == pytest.approx(held.isolated.mse, rel=1e-3)
        assert held.rounding == pytest.approx(0.0, abs=1e-3 * held.inputs)


def test_rounded_weights_are_the_rest():
    eight, two = (arrivals(GRAPH, program(bits), FLOATS).arrivals for bits in ("w8a8", "w2a8"))
    conv = next(node.name for node in GRAPH.nodes if isinstance(node.op, ops.Conv))
    assert two[conv].rest > 100 * eight[conv].rest
    assert two[conv].inputs == pytest.approx(eight[conv].inputs)
    assert two[conv].rest > two[conv].rounding + two[conv].inputs


def test_a_biased_layer_has_the_error_of_its_rounded_bias():
    made = program()
    dense = next(node for node in GRAPH.nodes if isinstance(node.op, ops.Dense))
    item = made.by_layer[dense.name][-1]
    source = made.tensors[item.inputs[0]].scale
    largest = np.abs(dense.op.weight).max(axis=1).astype(np.float32) / np.float32(127)
    error = item.bias * source * largest.astype(np.float64) - dense.op.bias
    assert bias_error(GRAPH, made, dense.name) == pytest.approx(np.square(error).mean(), rel=1e-3)
    assert bias_error(GRAPH, made, GRAPH.inputs[0].name) == 0.0


def test_only_what_an_edit_changed_is_followed_again():
    first = arrivals(GRAPH, program(), FLOATS)
    again = arrivals(GRAPH, first.program, FLOATS, previous=first)
    assert all(again.arrivals[name] is held for name, held in first.arrivals.items())
    other = arrivals(GRAPH, program("w4a8"), dict(FLOATS), previous=first)
    assert not any(other.arrivals[name] is held for name, held in first.arrivals.items())


def test_it_can_be_cancelled():
    def stop(done, total, what):
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        arrivals(GRAPH, program(), FLOATS, progress=stop)


def test_no_figure_is_infinite_where_the_signal_is_not():
    for held in arrivals(GRAPH, program(), FLOATS).arrivals.values():
        parts = (held.inputs, held.rounding, held.clipping, held.bias, held.rest)
        assert all(math.isfinite(part) and part >= 0 for part in parts)
