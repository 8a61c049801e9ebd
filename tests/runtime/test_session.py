"""The session runs what we wrote, says nothing, and fails in words."""

import numpy as np
import pytest

from tinyml_studio.errors import StudioError
from tinyml_studio.formats.onnx_writer import write_onnx
from tinyml_studio.ir import ops
from tinyml_studio.ir.build import build_graph
from tinyml_studio.ir.graph import Node, Port
from tinyml_studio.runtime.session import Session


@pytest.fixture
def model():
    ports = {name: Port(name, name, (2, 3), (0, 1)) for name in "abyz"}
    nodes = [
        Node("minus", ops.Sub(), ("a", "b"), ("y",)),
        Node("times", ops.Mul(), ("a", "b"), ("z",)),
    ]
    graph = build_graph(
        name="n",
        inputs=[ports["a"], ports["b"]],
        outputs=[ports["y"], ports["z"]],
        nodes=nodes,
        constants={},
    )
    return write_onnx(graph)


@pytest.fixture
def operands():
    rng = np.random.default_rng(1)
    return [rng.normal(size=(5, 2, 3)).astype(np.float32) for _ in range(2)]


def test_inputs_and_outputs_keep_their_order(model, operands):
    a, b = operands
    y, z = Session(model).run(operands)
    np.testing.assert_array_equal(y, a - b)
    np.testing.assert_array_equal(z, a * b)


def test_strided_inputs_are_read_in_order(model, operands):
    backwards = [operand[::-1] for operand in operands]
    session = Session(model)
    y, _ = session.run(backwards)
    np.testing.assert_array_equal(y, backwards[0] - backwards[1])
    buffers = np.empty((2, 5, 2, 3), np.float32)
    session.run_into(backwards, list(buffers))
    np.testing.assert_array_equal(buffers[0], backwards[0] - backwards[1])


def test_outputs_are_written_into_given_arrays(model, operands):
    y, z = np.empty((2, 5, 2, 3), np.float32)
    Session(model).run_into(operands, [y, z])
    np.testing.assert_array_equal(y, operands[0] - operands[1])
    np.testing.assert_array_equal(z, operands[0] * operands[1])


@pytest.mark.parametrize(
    "change",
    [
        lambda a, b: [a],
        lambda a, b: [a, b, b],
        lambda a, b: [a, b.astype(np.float64)],
        lambda a, b: [a, b[..., :2]],
        lambda a, b: [a, b[0]],
    ],
    ids=["few", "many", "double", "shape", "rank"],
)
def test_inputs_that_do_not_fit_are_refused(model, operands, change):
    with pytest.raises(ValueError, match="given"):
        Session(model).run(change(*operands))


@pytest.mark.parametrize(
    "buffer",
    [
        np.empty((5, 2, 3), np.float64),
        np.empty((5, 2, 4), np.float32),
        np.empty((5, 2, 6), np.float32)[..., ::2],
    ],
    ids=["double", "shape", "strided"],
)
def test_buffers_that_do_not_fit_are_refused(model, operands, buffer):
    with pytest.raises(ValueError, match=r"given|contiguous"):
        Session(model).run_into(operands, [buffer, np.empty((5, 2, 3), np.float32)])


def test_a_buffer_of_another_batch_size_is_refused_in_words(model, operands):
    buffers = [np.empty((4, 2, 3), np.float32) for _ in range(2)]
    with pytest.raises(StudioError, match="could not run the network"):
        Session(model).run_into(operands, buffers)


def test_unequal_batches_are_refused_in_words(model, operands):
    with pytest.raises(StudioError, match="could not run the network"):
        Session(model).run([operands[0], operands[1][:3]])


@pytest.mark.parametrize("damaged", [b"", b"not a model", b"\x08\x08"])
def test_a_damaged_model_is_refused_in_words(damaged):
    with pytest.raises(StudioError, match="refused the network"):
        Session(damaged)


def test_nothing_is_printed(model, operands, capfd):
    session = Session(model, threads=2)
    with pytest.raises(StudioError):
        session.run([operands[0], operands[1][:3]])
    assert capfd.readouterr() == ("", "")
