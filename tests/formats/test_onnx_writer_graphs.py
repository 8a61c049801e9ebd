"""What the written model looks like: names, batch axis, pruning, layouts, refusals."""

from collections import Counter

import numpy as np
import onnx
import pytest

from tinyml_studio.errors import UnsupportedError
from tinyml_studio.formats.onnx_writer import write_onnx
from tinyml_studio.ir import ops
from tinyml_studio.ir.build import build_graph
from tinyml_studio.ir.graph import Node, Port
from tinyml_studio.runtime.session import Session

HOSTILE = "</graph>\u202e'); DROP"


def square_conv():
    rng = np.random.default_rng(3)
    return ops.Conv(
        weight=rng.normal(size=(2, 3, 3, 2)).astype(np.float32),
        bias=np.ones(2, np.float32),
        strides=(1, 1),
        pads=((1, 1), (1, 1)),
        dilations=(1, 1),
    )


def port(tensor, shape=(4, 4, 2)):
    return Port(tensor, tensor, shape, tuple(range(len(shape))))


def chain(*operators, name="layer", outputs=None, constants=None):
    """Operators one behind the other, tensors x, a0, a1, ..."""
    tensors = ["x", *(f"a{i}" for i in range(len(operators)))]
    nodes = [
        Node(f"{name} {i}", op, (tensors[i],), (tensors[i + 1],)) for i, op in enumerate(operators)
    ]
    ports = [port(t) for t in outputs or tensors[-1:]]
    return build_graph(
        name=name, inputs=[port("x")], outputs=ports, nodes=nodes, constants=constants or {}
    )


def kinds(model):
    return Counter(node.op_type for node in onnx.load_from_string(model).graph.node)


def test_the_model_is_valid_and_its_batch_axis_symbolic():
    model = onnx.load_from_string(write_onnx(chain(square_conv(), square_conv())))
    onnx.checker.check_model(model, full_check=True)
    for info in (*model.graph.input, *model.graph.output):
        dims = info.type.tensor_type.shape.dim
        assert dims[0].dim_param == "N"
        assert [d.dim_value for d in dims[1:]] == [4, 4, 2]


def test_no_text_of_the_user_is_written():
    serialised = write_onnx(chain(square_conv(), ops.Sigmoid(), name=HOSTILE))
    assert b"graph>" not in serialised
    assert b"DROP" not in serialised


def test_neighbouring_convolutions_share_one_layout():
    operators = [square_conv(), ops.Sigmoid(), ops.MaxPool((1, 1), (1, 1), ((0, 0), (0, 0)))]
    assert kinds(write_onnx(chain(*operators, square_conv())))["Transpose"] == 2


def test_a_model_that_was_channels_first_runs_without_transposes():
    nodes = [
        Node("to last", ops.Transpose((1, 2, 0)), ("x",), ("a",)),
        Node("conv", square_conv(), ("a",), ("b",)),
        Node("to first", ops.Transpose((2, 0, 1)), ("b",), ("y",)),
    ]
    graph = build_graph(
        name="n",
        inputs=[port("x", (2, 4, 4))],
        outputs=[port("y", (2, 4, 4))],
        nodes=nodes,
        constants={},
    )
    assert kinds(write_onnx(graph)) == {"Conv": 1}


def test_only_what_the_outputs_need_is_written():
    graph = chain(square_conv(), ops.Tanh(), ops.Sigmoid())
    assert kinds(write_onnx(graph, outputs=["a1"]))["Sigmoid"] == 0


@pytest.mark.parametrize("outputs", [["x"], ["a0", "a0"], ["a1", "a0", "x", "a0"]])
def test_any_tensors_can_be_given_out_in_any_order(outputs):
    graph = chain(square_conv(), ops.Identity())
    x = np.random.default_rng(0).normal(size=(2, 4, 4, 2)).astype(np.float32)
    session = Session(write_onnx(graph, outputs=outputs))
    for tensor, value in zip(outputs, session.run([x]), strict=True):
        alone = Session(write_onnx(graph, outputs=[tensor])).run([x])[0]
        np.testing.assert_array_equal(value, alone)


def test_an_identity_gives_out_the_input():
    x = np.random.default_rng(0).normal(size=(2, 4, 4, 2)).astype(np.float32)
    np.testing.assert_array_equal(Session(write_onnx(chain(ops.Identity()))).run([x])[0], x)


@pytest.mark.parametrize("count", [1, 5])
def test_a_constant_operand_of_concat_is_repeated_for_every_sample(count):
    constant = np.arange(16, dtype=np.float32).reshape(4, 4, 1)
    graph = build_graph(
        name="n",
        inputs=[port("x")],
        outputs=[port("y", (4, 4, 3))],
        nodes=[
            Node("conv", square_conv(), ("x",), ("a",)),
            Node("join", ops.Concat(2), ("a", "k"), ("y",)),
        ],
        constants={"k": constant},
    )
    y = Session(write_onnx(graph)).run([np.zeros((count, 4, 4, 2), np.float32)])[0]
    np.testing.assert_array_equal(y[..., 2:], np.broadcast_to(constant, (count, 4, 4, 1)))


def test_two_constant_operands_still_have_a_batch_axis():
    two, three = np.full((2,), 2, np.float32), np.full((4, 4, 2), 3, np.float32)
    graph = build_graph(
        name="n",
        inputs=[port("x")],
        outputs=[port("y")],
        nodes=[Node("add", ops.Add(), ("a", "b"), ("y",))],
        constants={"a": two, "b": three},
    )
    y = Session(write_onnx(graph)).run([np.zeros((3, 4, 4, 2), np.float32)])[0]
    np.testing.assert_array_equal(y, np.full((3, 4, 4, 2), 5))


def opaque_graph():
    opaque = ops.Opaque("Gather", "", "no integer form", ((4, 4, 2),))
    return chain(square_conv(), opaque, ops.Tanh(), name="strange")


def test_an_opaque_operator_is_refused_by_name():
    with pytest.raises(UnsupportedError, match=r"strange 1 .*Gather.*no integer form"):
        write_onnx(opaque_graph())


def test_what_stands_before_an_opaque_operator_still_runs():
    assert kinds(write_onnx(opaque_graph(), outputs=["a0"]))["Conv"] == 1


@pytest.mark.parametrize("outputs", [["nowhere"], []])
def test_outputs_must_exist(outputs):
    with pytest.raises(ValueError, match=r"no tensor|no outputs"):
        write_onnx(chain(square_conv()), outputs=outputs)
