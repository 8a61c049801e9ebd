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
    y, _ = Session(model).run(backwards)
    np.testing.assert_array_equal(y, backwards[0] - backwards[1])


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
