"""What lies between moves of pixels to the batch and back."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.quantized.lowered import run_program
from tests.formats.tflite.case_builders import IN, OUT, Case, dilated, dilated_sequence, int32
from tests.formats.tflite.lowered import lowered, read
from tests.formats.tflite.move_cases import (
    APART,
    IMAGE,
    PADS,
    SMALL,
    branches,
    convolutions,
    layer,
    moved,
    moved_back,
    sequence,
    strided,
)
from tinyml_studio.errors import ModelError
from tinyml_studio.ir import ops

NO_CROPS = ((0, 0), (0, 0))


def kinds(file, folder):
    return [node.op.kind for node in read(file.encode(), folder).nodes]


def refusals(file, folder):
    nodes = read(file.encode(), folder).nodes
    return [node.op.reason for node in nodes if isinstance(node.op, ops.Opaque)]


def test_convolutions_are_dilated_where_the_pixels_were(tmp_path):
    nodes = read(convolutions().encode(), tmp_path).nodes
    assert [node.op.kind for node in nodes] == ["Pad", "Conv", "HardSwish", "Conv", "Slice"]
    first, second = (node.op for node in nodes if isinstance(node.op, ops.Conv))
    assert (first.dilations, first.pads) == ((3, 2), ((3, 3), (0, 2)))
    assert (second.dilations, second.pads) == ((6, 2), ((0, 0), (0, 0)))


def test_moves_that_pad_and_cut_nothing_vanish(tmp_path):
    case = Case((1, 6, 4, 4))
    flat = {"pads": NO_CROPS, "shape": (6, 2, 2, 4)}
    made = case.activation((6, 2, 2, 4), **OUT)
    case.file.operator("ABS", [moved(case, case.x, **flat)], [made])
    graph, _ = lowered(moved_back(case, made, (1, 6, 4, 4), NO_CROPS, grid=OUT).encode(), tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["Abs"]


def test_a_sequence_is_an_image_of_one_row_or_column(tmp_path):
    nodes = read(sequence().encode(), tmp_path).nodes
    convolved = [node.op for node in nodes if isinstance(node.op, ops.Conv)]
    assert [op.dilations for op in convolved] == [(1, 2), (2, 1)]
    assert not [node for node in nodes if isinstance(node.op, ops.Opaque)]


@pytest.mark.parametrize("make", [dilated, dilated_sequence])
def test_one_convolution_may_be_cut_more_than_it_was_padded(make, tmp_path):
    crops = (5, 1) if make is dilated_sequence else ((0, 2), (0, 0))
    found = kinds(make(crops=crops), tmp_path)
    assert (found[0], found[-1]) == ("Pad", "Slice")


def test_branches_keep_one_node_for_each_operator(tmp_path):
    assert kinds(branches(), tmp_path) == [
        *("Pad", "Identity", "Add", "Mul", "Concat", "Slice"),
    ]


STRIDED = [
    ("CONV_2D", 0, 2, (2, 3)),
    ("CONV_2D", 1, 2, (1, 3)),
    ("DEPTHWISE_CONV_2D", 0, 2, (2, 3)),
    ("CONV_2D", 0, 3, (1, 2)),
]


@pytest.mark.parametrize(("kind", "padding", "strides", "size"), STRIDED)
def test_strides_in_the_batch_are_those_of_every_sample_there(
    kind, padding, strides, size, tmp_path
):
    """The integers are those of the same layer on each sample that the move makes."""
    graph, program = lowered(strided(kind, padding, strides, size).encode(), tmp_path)
    alone = Case((1, 3, 6, 4))
    assert [node.op.kind for node in graph.nodes] == ["Pad", "Conv", "Gather"]
    alone.file.outputs = [layer(alone, alone.x, kind, padding, (1, *size, 4), strides=strides)]
    x = np.random.default_rng(3).integers(-128, 128, (2, *IMAGE[1:]))
    padded = np.pad(x, ((0, 0), *PADS, (0, 0)), constant_values=IN["zero"])
    wanted = np.zeros((2, size[0] * 3, size[1] * 2, 4), np.int64)
    one = lowered(alone.file.encode(), tmp_path)
    for row in range(3):
        for column in range(2):
            part = run_program(*one, [padded[:, row::3, column::2]])
            wanted[:, row::3, column::2] = part
    np.testing.assert_array_equal(run_program(graph, program, [x]), wanted)


@pytest.mark.parametrize("size", [(3, 3), (1, 3), (2, 2)])
def test_a_strided_convolution_of_another_size_is_an_error(size, tmp_path):
    with pytest.raises(ModelError, match=r"should have \(6, 6, 4\)"):
        read(strided("CONV_2D", 0, 2, size).encode(), tmp_path)


def ended_in(kind, operands=(), options=None, shape=APART, grid=None):
    """Pixels in the batch, an operator, and the move back."""
    case = Case(IMAGE)
    made = case.activation(shape, **(grid or IN))
    held = [case.file.integers(values) for values in operands]
    case.file.operator(kind, [moved(case, case.x), *held], [made], options)
    full = (1, shape[1] * 3, shape[2] * 2, shape[3])
    return moved_back(case, made, full, NO_CROPS, grid=grid or IN)


def other_blocks():
    case = Case(IMAGE)
    return moved_back(case, moved(case, case.x), (1, 6, 18, 4), NO_CROPS, grid=IN, block=(2, 3))


def never_back():
    case = Case(IMAGE)
    made = case.activation(APART, **OUT)
    case.file.operator("ABS", [moved(case, case.x)], [made])
    case.file.outputs = [made]
    return case.file


def wide_constant():
    case = Case(IMAGE)
    held = case.file.tensor((6, 4), data=[[1, 2, 3, 4]] * 6, scale=0.1)
    made = case.activation(APART, **OUT)
    case.file.operator("MUL", [moved(case, case.x), held], [made], {0: int32(0)})
    return moved_back(case, made, (1, 9, 12, 4), NO_CROPS, grid=OUT)


def other_image():
    """A sum with one pixel of every sample, which repeats over all others."""
    case = Case(IMAGE)
    small = case.activation((1, 3, 2, 4), **IN)
    case.file.inputs.append(small)
    one = moved(case, small, pads=NO_CROPS, shape=(6, 1, 1, 4))
    made = case.activation(APART, **OUT)
    case.file.operator("ADD", [moved(case, case.x), one], [made], {0: int32(0)})
    return moved_back(case, made, (1, 9, 12, 4), NO_CROPS, grid=OUT)


def wrong_shape():
    case = Case(IMAGE)
    source = moved(case, case.x, pads=((1, 2), (2, 1)))
    return moved_back(case, source, (1, 9, 12, 4), NO_CROPS, grid=IN)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (other_blocks, "operator 1 (BATCH_TO_SPACE_ND) moves blocks of (2, 3, 1) back"),
        (never_back, "an output of the model has its pixels there"),
        (wide_constant, "operator 1 (MUL) does not treat every position alone"),
        (other_image, "operator 2 (ADD) takes pixels of different blocks"),
        (wrong_shape, "its blocks and its shapes do not fit each other"),
        (
            lambda: ended_in("TRANSPOSE", [(0, 2, 1, 3)], shape=(6, 6, 3, 4)),
            "operator 1 (TRANSPOSE) does not treat every position alone",
        ),
        (
            lambda: ended_in("RESHAPE", [(6, 6, 3, 4)], {}, shape=(6, 6, 3, 4)),
            "operator 1 (RESHAPE) mixes positions",
        ),
        (
            lambda: ended_in("CONCATENATION", [], {0: int32(1)}),
            "operator 1 (CONCATENATION) does not treat every position alone",
        ),
    ],
)
def test_what_cannot_be_read_where_the_pixels_were_says_why(make, reason, tmp_path):
    assert f"its pixels stay in the batch: {reason}" in refusals(make(), tmp_path)[0]


def test_one_hindrance_holds_for_all_that_meet(tmp_path):
    case = Case(IMAGE)
    first, second = moved(case, case.x), moved(case, case.x)
    total, turned = (case.activation(APART, **SMALL) for _ in range(2))
    case.file.operator("ADD", [first, second], [total], {0: int32(0)})
    case.file.operator("TRANSPOSE", [second, case.file.integers((0, 1, 2, 3))], [turned])
    file = moved_back(case, total, (1, 9, 12, 4), NO_CROPS)
    reasons = refusals(file, tmp_path)
    assert len(reasons) == len(file.operators)
    assert all("operator 3 (TRANSPOSE)" in reasons[index] for index in (0, 1, -1))


def test_samples_that_were_no_pixels_stay_samples(tmp_path):
    case = Case((1, 6, 4, 4))
    file = moved_back(case, case.x, (1, 18, 8, 4), NO_CROPS, grid=IN)
    assert refusals(file, tmp_path) == ["it makes pixels of samples that were none before"]
