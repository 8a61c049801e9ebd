import pytest

from tests.passes.sketch import Sketch, assert_same_function, kinds
from tinyml_studio.ir import ops
from tinyml_studio.ir.graph import Node
from tinyml_studio.passes.drop_dead import drop_dead
from tinyml_studio.passes.move_transposes import move_transposes

FIRST = ops.Transpose((2, 0, 1))
LAST = ops.Transpose((1, 2, 0))


def moved(graph):
    done = drop_dead(move_transposes(graph))
    assert_same_function(graph, done)
    assert move_transposes(done) is done
    return done


@pytest.mark.parametrize(
    "op",
    [
        ops.Tanh(),
        ops.Mean((0, 2)),
        ops.Mean((1,), keepdims=False),
        ops.Softmax(0),
        ops.Pad(((1, 0), (0, 2), (3, 1)), 0.5),
        ops.Slice((1, 3, 0), (2, 2, 4), (1, -2, 1)),
        ops.Split(0, (1, 2)),
        ops.Reshape((3, 1, 4, 5)),
        ops.Reshape((3, 20)),
    ],
)
def test_operators_that_do_not_mind_are_passed(op):
    s = Sketch()
    x = s.node(FIRST, s.node(ops.HardSwish(), s.input(4, 5, 3)))
    made = s.node(op, x)
    done = moved(s.graph(*(made if isinstance(made, list) else [made])))
    assert kinds(done) == ["HardSwish", op.kind]


def test_an_operator_that_minds_keeps_its_transposition_and_its_name():
    s = Sketch()
    graph = s.graph(s.dense(s.conv(s.input(3, 7), 2), 5))
    done = moved(graph)
    assert kinds(done) == ["Conv", "Transpose", "Dense"]
    assert done.nodes[1].name == graph.nodes[2].name
    assert done.nodes[1].outputs == graph.nodes[2].outputs


def test_softmax_is_brought_to_the_last_axis():
    s = Sketch()
    done = moved(s.graph(s.node(ops.Softmax(0), s.node(ops.Tanh(), s.input(3, 4)))))
    assert kinds(done) == ["Tanh", "Softmax"]
    assert done.nodes[1].op == ops.Softmax(1)
    assert done.inputs[0].perm == done.outputs[0].perm == (1, 0)


def test_two_inputs_turn_alike():
    s = Sketch()
    x = s.node(ops.Add(), s.input(3, 4, 5), s.input(3, 4, 5))
    done = moved(s.graph(s.conv(x, 2)))
    assert [port.perm for port in done.inputs] == [(1, 2, 0)] * 2
    assert kinds(done) == ["Add", "Conv"]


def test_an_input_read_in_two_orders_turns_once():
    s = Sketch()
    x = s.input(3, 4, 5)
    y = s.dense(x, 5)
    done = moved(s.graph(s.conv(x, 2), y))
    assert kinds(done).count("Transpose") == 1


@pytest.mark.parametrize("shape", [(), (1,), (5,), (4, 1), (3, 1, 1), (3, 4, 5)])
@pytest.mark.parametrize("op", [ops.Add(), ops.Sub(), ops.Mul()])
def test_constants_are_turned_with_the_other_operand(op, shape):
    s = Sketch()
    x = s.node(FIRST, s.node(ops.Tanh(), s.input(4, 5, 3)))
    done = moved(s.graph(s.node(op, s.constant(*shape), x)))
    assert kinds(done) == ["Tanh", op.kind]


def test_what_stands_behind_an_unknown_operator_is_left_alone():
    s = Sketch()
    x = s.node(LAST, s.input(3, 4, 5))
    opaque = ops.Opaque("Mystery", "", "not known", (None,))
    s.nodes.append(Node("mystery", opaque, (x,), ("m",)))
    s.nodes.append(Node("turn", LAST, ("m",), ("t",)))
    s.shapes["t"] = (5, 3, 4)
    done = move_transposes(s.graph("t"))
    assert kinds(done) == ["Mystery", "Transpose"]
    assert done.inputs[0].perm == (1, 2, 0)
