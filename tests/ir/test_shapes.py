import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyml_studio.ir import ops
from tinyml_studio.ir.shapes import ShapeMismatchError, output_shapes


def zeros(*shape):
    return np.zeros(shape, np.float32)


def conv(shape, *, groups=1):
    ones = (1,) * (len(shape) - 2)
    return ops.Conv(zeros(*shape), zeros(shape[0]), ones, ((0, 0),) * len(ones), ones, groups)


def transposed(shape, *, pads):
    return ops.ConvTranspose(zeros(*shape), zeros(shape[0]), (2,), (pads,), (1,))


def dense(inputs, outputs):
    return ops.Dense(zeros(outputs, inputs), zeros(outputs))


def pool(size, stride, pads, kind=ops.MaxPool):
    return kind((size,), (stride,), (pads,))


@pytest.mark.parametrize(
    ("op", "inputs", "want"),
    [
        (ops.Conv(zeros(6, 3, 2), zeros(6), (2,), ((1, 0),), (2,)), [(9, 2)], [(3, 6)]),
        (conv((6, 3, 1, 2), groups=2), [(5, 4, 4)], [(3, 4, 6)]),
        (transposed((6, 3, 2), pads=(1, 0)), [(4, 2)], [(8, 6)]),
        (transposed((6, 3, 2), pads=(0, -1)), [(4, 2)], [(10, 6)]),
        (dense(4, 7), [(4,)], [(7,)]),
        (dense(4, 7), [(2, 3, 4)], [(2, 3, 7)]),
        (ops.ChannelAffine(zeros(4), zeros(4)), [(3, 4)], [(3, 4)]),
        (ops.Add(), [(3, 1, 4), (2, 1)], [(3, 2, 4)]),
        (ops.Mul(), [(3,), ()], [(3,)]),
        (ops.Maximum(), [(3, 1), (4,)], [(3, 4)]),
        (ops.MatMul(), [(3, 2, 5), (1, 5, 4)], [(3, 2, 4)]),
        (ops.MatMul(adj_x=True, adj_y=True), [(5, 2), (3, 4, 5)], [(3, 2, 4)]),
        (pool(3, 2, (1, 1)), [(7, 5)], [(4, 5)]),
        (pool(2, 2, (0, 1), ops.AveragePool), [(3, 5)], [(2, 5)]),
        (ops.Mean((0, 2)), [(2, 3, 4)], [(1, 3, 1)]),
        (ops.Mean((0, 2), keepdims=False), [(2, 3, 4)], [(3,)]),
        (ops.Softmax(1), [(2, 3)], [(2, 3)]),
        (ops.Reshape((3, 2)), [(6,)], [(3, 2)]),
        (ops.Transpose((2, 0, 1)), [(2, 3, 4)], [(4, 2, 3)]),
        (ops.Concat(1), [(2, 3), (2, 1), (2, 2)], [(2, 6)]),
        (ops.Split(0, (1, 3)), [(4, 2)], [(1, 2), (3, 2)]),
        (ops.Slice((4, 0), (3, 2), (-2, 1)), [(5, 2)], [(3, 2)]),
        (ops.Gather((None, (0, 0, 1))), [(4, 2)], [(4, 3)]),
        (ops.ResizeBilinear((7, 2)), [(3, 4, 5)], [(7, 2, 5)]),
        (ops.Pad(((1, 2), (0, 3))), [(4, 2)], [(7, 5)]),
        (ops.Tanh(), [(2, 2)], [(2, 2)]),
    ],
)  # fmt: skip
def test_shapes(op, inputs, want):
    assert output_shapes(op, tuple(inputs)) == tuple(want)


@pytest.mark.parametrize(
    ("op", "inputs", "words"),
    [
        (conv((6, 3, 2)), [(4, 4, 2)], "2 axes are needed"),
        (conv((6, 2)), [(2,)], "1 or 2 spatial axes"),
        (ops.MatMul(), [(2, 5), (4, 5)], "5 columns of the first operand meet 4 rows"),
        (ops.Gather((None, (2,))), [(4, 2)], "leave axis 1"),
        (ops.ResizeBilinear((0, 2)), [(3, 4, 5)], "cannot be resized"),
        (ops.MatMul(), [(5,), (5, 4)], "at least 2 axes"),
        (transposed((6, 3, 2), pads=(5, 4)), [(4, 2)], "cut all of 9"),
        (transposed((6, 3, 2), pads=(0, -2)), [(4, 2)], "out of range"),
        (dense(4, 7), [()], "at least 1 axes"),
        (dense(4, 7), [(5,)], "5 channels"),
        (ops.ChannelAffine(zeros(4), zeros(1)), [(4,)], "do not fit"),
        (pool(2, 1, (2, 0)), [(4, 1)], "sees only padding"),
        (pool(2, 2, (0, 2)), [(2, 1)], "sees only padding"),
        (ops.Mean((1, 0)), [(2, 2)], "not sorted"),
        (ops.Mean((0, 3)), [(2, 2)], "axis 3"),
        (ops.Softmax(-1), [(2, 2)], "axis -1"),
        (ops.Reshape((5,)), [(2, 2)], "4 elements"),
        (ops.Transpose((0, 0)), [(2, 2)], "not an order"),
        (ops.Concat(0), [(2, 2), (2, 3)], "does not join"),
        (ops.Concat(0), [], "needs an operand"),
        (ops.Split(0, (1, 0)), [(1, 2)], "do not make up"),
        (ops.Slice((0, 2), (2, 2), (1, -3)), [(2, 4)], "leave axis 1"),
        (ops.Pad(((-1, 0),)), [(4,)], "negative"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(op, inputs, words):
    with pytest.raises(ShapeMismatchError, match=words):
        output_shapes(op, tuple(inputs))


@given(
    size=st.integers(1, 12),
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 3),
    before=st.integers(0, 3),
    after=st.integers(0, 3),
)
def test_window_counts_are_those_of_a_loop(size, kernel, stride, dilation, before, after):
    reach = dilation * (kernel - 1) + 1
    starts = range(-before, size + after - reach + 1, stride)
    op = ops.Conv(zeros(1, kernel, 1), zeros(1), (stride,), ((before, after),), (dilation,))
    if starts:
        assert output_shapes(op, ((size, 1),)) == ((len(starts), 1),)
    else:
        with pytest.raises(ShapeMismatchError):
            output_shapes(op, ((size, 1),))
