"""LSTM and GRU of ONNX files, as exporters write them."""

import numpy as np
import pytest

from tests.formats.files import File, assert_agrees, opaque_reasons, read
from tinyml_studio.ir.ops import Gru, Lstm
from tinyml_studio.passes.prepare import prepare

RANDOM = np.random.default_rng(3)
STEPS, SIZE, UNITS = 6, 3, 4
GATES = {"LSTM": 4, "GRU": 3}


def weights(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


def integers(*values):
    return np.array(values, np.int64)


def operands(kind, *, size=SIZE, count=1):
    rows = GATES[kind] * UNITS
    return weights(count, rows, size), weights(count, rows, UNITS), weights(count, 2 * rows)


def recurrent(file, kind, x, *more, size=SIZE, outputs=1, **attributes):
    count = 2 if attributes.get("direction") == "bidirectional" else 1
    given = (*operands(kind, size=size, count=count), *more)
    return file.add(kind, x, *given, outputs=outputs, hidden_size=UNITS, **attributes)


def batch_first(file, kind, *more, **attributes):
    """What PyTorch writes for ``batch_first``: transpositions around, and one direction."""
    x = file.add("Transpose", file.x, perm=[1, 0, 2])
    made = recurrent(file, kind, x, *more, **attributes)
    return file.add("Transpose", file.add("Squeeze", made, integers(1)), perm=[1, 0, 2])


@pytest.mark.parametrize("kind", GATES)
@pytest.mark.parametrize("batch", ["N", 1])
def test_all_steps(kind, batch, tmp_path):
    file = File(STEPS, SIZE, batch=batch)
    graph = assert_agrees(file.proto(batch_first(file, kind)), tmp_path)
    ready = prepare(graph)
    assert [type(node.op) for node in ready.nodes] == [{"LSTM": Lstm, "GRU": Gru}[kind]]


def test_reset_after(tmp_path):
    file = File(STEPS, SIZE)
    assert_agrees(file.proto(batch_first(file, "GRU", linear_before_reset=1)), tmp_path)


@pytest.mark.parametrize("kind", GATES)
def test_both_directions_as_pytorch_writes_them(kind, tmp_path):
    file = File(STEPS, SIZE)
    x = file.add("Transpose", file.x, perm=[1, 0, 2])
    made = recurrent(file, kind, x, direction="bidirectional")
    made = file.add("Transpose", made, perm=[0, 2, 1, 3])
    made = file.add("Reshape", made, integers(0, 0, -1))
    graph = assert_agrees(file.proto(file.add("Transpose", made, perm=[1, 0, 2])), tmp_path)
    assert sum(isinstance(node.op, Lstm | Gru) for node in graph.nodes) == 2


@pytest.mark.parametrize("direction", ["reverse", "bidirectional"])
@pytest.mark.parametrize("kind", GATES)
def test_the_last_step_of_every_direction(kind, direction, tmp_path):
    file = File(STEPS, SIZE)
    x = file.add("Transpose", file.x, perm=[1, 0, 2])
    _, last = recurrent(file, kind, x, outputs=2, direction=direction)
    assert_agrees(file.proto(file.add("Transpose", last, perm=[1, 0, 2])), tmp_path)


@pytest.mark.parametrize("kind", GATES)
def test_backward(kind, tmp_path):
    file = File(STEPS, SIZE)
    assert_agrees(file.proto(batch_first(file, kind, direction="reverse")), tmp_path)


@pytest.mark.parametrize("kind", GATES)
def test_the_last_step(kind, tmp_path):
    file = File(STEPS, SIZE)
    x = file.add("Transpose", file.x, perm=[1, 0, 2])
    _, last = recurrent(file, kind, x, outputs=2)
    assert_agrees(file.proto(file.add("Squeeze", last, integers(0))), tmp_path)


def test_the_last_step_by_its_index(tmp_path):
    file = File(STEPS, SIZE)
    x = file.add("Transpose", file.x, perm=[1, 0, 2])
    made = file.add("Squeeze", recurrent(file, "LSTM", x), integers(1))
    assert_agrees(file.proto(file.add("Gather", made, np.int64(-1), axis=0)), tmp_path)


def test_two_layers_and_their_last_steps_joined(tmp_path):
    file = File(STEPS, SIZE)
    x = file.add("Transpose", file.x, perm=[1, 0, 2])
    first, last = recurrent(file, "GRU", x, outputs=2)
    second = file.add("Relu", file.add("Squeeze", first, integers(1)))
    _, other = recurrent(file, "GRU", second, size=UNITS, outputs=2)
    made = file.add("Concat", last, other, axis=0)
    assert_agrees(file.proto(file.add("Transpose", made, perm=[1, 0, 2])), tmp_path)


def test_initial_states_of_zero_for_any_batch(tmp_path):
    file = File(STEPS, SIZE)
    size = file.add("Gather", file.add("Shape", file.x), np.int64(0), axis=0)
    shape = file.add(
        "Concat", integers(1), file.add("Unsqueeze", size, integers(0)), integers(UNITS), axis=0
    )
    zeros = file.add("Expand", np.zeros((1, 1, 1), np.float32), shape)
    made = batch_first(file, "LSTM", "", zeros, zeros)
    assert_agrees(file.proto(made), tmp_path)


@pytest.mark.parametrize("kind", GATES)
def test_layout_with_the_batch_first(kind, tmp_path):
    file = File(STEPS, SIZE)
    made, last = recurrent(file, kind, file.x, outputs=2, layout=1)
    assert opaque_reasons(read(file.proto(made, last), tmp_path)) == []


REFUSED = {
    "the attribute clip": ("GRU", {"clip": 3.0}),
    "activations Sigmoid Tanh Tanh": ("LSTM", {"activations": ["Relu", "Tanh", "Tanh"]}),
    "coupled gates": ("LSTM", {"input_forget": 1}),
}


@pytest.mark.parametrize("words", REFUSED)
def test_other_forms_are_refused_by_name(words, tmp_path):
    kind, attributes = REFUSED[words]
    file = File(STEPS, SIZE)
    graph = read(file.proto(batch_first(file, kind, **attributes)), tmp_path)
    assert words in opaque_reasons(graph)[0]


def test_other_operands_are_refused_by_name(tmp_path):
    ones = np.ones((1, 1, UNITS), np.float32)
    asked = {
        "peepholes": ("", "", "", weights(1, 3 * UNITS)),
        "initial cell is not zero": ("", np.zeros_like(ones), ones),
        "different lengths": (np.array([3], np.int32),),
    }
    for words, more in asked.items():
        file = File(STEPS, SIZE, batch=1)
        graph = read(file.proto(batch_first(file, "LSTM", *more)), tmp_path)
        assert words in opaque_reasons(graph)[0]


def test_the_cell_as_an_output_is_refused(tmp_path):
    file = File(STEPS, SIZE)
    x = file.add("Transpose", file.x, perm=[1, 0, 2])
    _, _, cell = recurrent(file, "LSTM", x, outputs=3)
    graph = read(file.proto(file.add("Squeeze", cell, integers(0))), tmp_path)
    assert "its third output is used" in opaque_reasons(graph)


def test_a_batch_on_the_second_axis_is_refused(tmp_path):
    file = File(STEPS, SIZE)
    graph = read(file.proto(recurrent(file, "LSTM", file.x)), tmp_path)
    assert "another axis than its layout says" in opaque_reasons(graph)[0]


def test_other_operators_do_not_read_a_moved_batch(tmp_path):
    file = File(STEPS, SIZE)
    x = file.add("Transpose", file.x, perm=[1, 0, 2])
    graph = read(file.proto(file.add("GlobalAveragePool", x)), tmp_path)
    assert "the batch is not the first axis" in opaque_reasons(graph)[0]
