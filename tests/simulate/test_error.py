import math

import numpy as np
import pytest

from tests.simulate import small_network
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.errors import Cancelled
from tinyml_studio.kernels.registry import run_instruction
from tinyml_studio.quantize.scheme import LayerScheme, Scheme
from tinyml_studio.simulate import error
from tinyml_studio.simulate.error import layer_errors
from tinyml_studio.simulate.io import on_grid, quantize_inputs, real_values
from tinyml_studio.simulate.metrics import error_sums
from tinyml_studio.simulate.run import run

GRAPH = small_network.graph()
X = small_network.values(9, seed=1)
FLOATS = FloatRunner(GRAPH).run([X])


def trace_of(program, x=X, previous=None):
    return run(program, quantize_inputs(program, GRAPH, [x]), previous=previous)


def alone(program, node):
    """The isolated error by its definition: real values of all outputs, float and made."""
    held = {
        name: on_grid(program.tensors[name], FLOATS[name]) for name in node.inputs if name in FLOATS
    }
    for item in program.by_layer[node.name]:
        held[item.output] = run_instruction(program, item, held)
    return side_by_side(program, node.outputs, held)


def side_by_side(program, names, integers):
    made = [real_values(program.tensors[name], integers[name]).ravel() for name in names]
    return np.concatenate([FLOATS[name].ravel() for name in names]), np.concatenate(made)


@pytest.mark.parametrize("bits", ["w8a8", "w4a8", "w8a16", "w2a4"])
def test_figures_follow_their_definitions(bits):
    program = small_network.program(GRAPH, Scheme(default=LayerScheme().with_bits(bits)))
    trace = trace_of(program)
    found = {item.name: item for item in layer_errors(GRAPH, trace, FLOATS).errors}
    assert list(found) == ["x0", *(node.name for node in GRAPH.nodes)]
    for node in GRAPH.nodes:
        isolated = error_sums(*alone(program, node))
        so_far = error_sums(*side_by_side(program, node.outputs, trace.values))
        item = found[node.name]
        assert item.sqnr_isolated_db == pytest.approx(isolated.sqnr_db, abs=0.01)
        assert item.mse_isolated == pytest.approx(isolated.mse, rel=2e-3)
        assert item.sqnr_cumulative_db == pytest.approx(so_far.sqnr_db, abs=1e-3)
        assert item.mse == pytest.approx(so_far.mse, rel=1e-4)
        assert item.cosine == pytest.approx(so_far.cosine, abs=1e-6)
        assert item.max_abs == pytest.approx(so_far.max_abs, rel=1e-4)
        assert item.saturated == trace.saturated[node.name]


def test_an_input_is_a_layer_whose_errors_are_the_same():
    found = layer_errors(GRAPH, trace_of(small_network.program(GRAPH)), FLOATS).errors[0]
    assert (found.name, found.op) == ("x0", "Input")
    assert found.sqnr_isolated_db == pytest.approx(found.sqnr_cumulative_db, abs=1e-3)
    assert 30 < found.sqnr_isolated_db < 60


def test_a_narrow_range_is_seen_as_clipping():
    node = GRAPH.nodes[1]
    (name,) = node.outputs
    values = FLOATS[name].astype(np.float64)
    high = float(values.max()) / 2
    program = small_network.program(GRAPH, Scheme().with_range(name, (0.0, high)))
    found = layer_errors(GRAPH, trace_of(program), FLOATS).errors[2]
    tensor = program.tensors[name]
    steps = values / tensor.scale + tensor.zero_point
    outside = (steps > tensor.type.max + 0.5) | (steps < tensor.type.min - 0.5)
    noise = (real_values(tensor, on_grid(tensor, values)) - values) ** 2
    assert found.clipped == pytest.approx(outside.mean())
    assert found.clipped > 0
    assert found.clipping == pytest.approx(noise[outside].sum() / values.size, rel=1e-4)
    assert found.rounding == pytest.approx(noise[~outside].sum() / values.size, rel=1e-3)
    rest = found.mse_isolated - found.rounding - found.clipping
    assert found.arithmetic == max(0.0, rest)


def test_two_batches_add_up_to_one():
    program = small_network.program(GRAPH)
    whole = layer_errors(GRAPH, trace_of(program), FLOATS)
    parts = [
        layer_errors(
            GRAPH,
            trace_of(program, X[part]),
            {name: values[part] for name, values in FLOATS.items()},
        )
        for part in (slice(0, 4), slice(4, 9))
    ]
    for one, two in zip(whole.errors, (parts[0] + parts[1]).errors, strict=True):
        assert two.sqnr_isolated_db == pytest.approx(one.sqnr_isolated_db, abs=1e-3)
        assert two.mse == pytest.approx(one.mse, rel=1e-4)
        assert (two.clipped, two.saturated) == (one.clipped, one.saturated)


def test_only_what_changed_is_measured_again(monkeypatch):
    first = small_network.program(GRAPH)
    before = layer_errors(GRAPH, trace_of(first), FLOATS)
    ran = []
    execute = error.execute
    monkeypatch.setattr(
        error, "execute", lambda p, item, v: ran.append(item.layer) or execute(p, item, v)
    )
    same = layer_errors(GRAPH, trace_of(first, previous=before.trace), FLOATS, previous=before)
    assert ran == []
    assert same.errors == before.errors
    other = trace_of(small_network.program(GRAPH, Scheme(default=LayerScheme().with_bits("w4"))))
    after = layer_errors(GRAPH, other, FLOATS, previous=before)
    assert after.errors == layer_errors(GRAPH, other, FLOATS).errors
    again = layer_errors(GRAPH, other, dict(FLOATS), previous=after)
    assert again.errors == after.errors


def test_a_constant_output_has_no_finite_signal_but_an_answer():
    zeros = {name: np.zeros_like(values) for name, values in FLOATS.items()}
    for item in layer_errors(GRAPH, trace_of(small_network.program(GRAPH)), zeros).errors:
        assert item.sqnr_cumulative_db in {math.inf, -math.inf}


def test_cancel_stops_between_chunks():
    def cancel(done, total, what):
        raise Cancelled

    with pytest.raises(Cancelled):
        layer_errors(GRAPH, trace_of(small_network.program(GRAPH)), FLOATS, progress=cancel)
