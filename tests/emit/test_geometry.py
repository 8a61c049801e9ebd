import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lower.networks import conv, one_layer
from tinyml_studio.emit.geometry import (
    broadcast_strides,
    convolution_geometry,
    image_shape,
    merged_loops,
    strides_of,
)
from tinyml_studio.errors import ExportError
from tinyml_studio.program.instructions import Reshape

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=5).map(tuple)
ITEM = Reshape("layer 7", ("x",), "y")


def visited(sizes, strides) -> list[int]:
    """Offsets of a walk, in order."""
    return [sum(np.multiply(index, strides)) for index in np.ndindex(*sizes)]


@given(shapes, st.randoms(use_true_random=False))
def test_merged_loops_walk_the_same_way(shape, random):
    perm = list(range(len(shape)))
    random.shuffle(perm)
    sizes = [shape[axis] for axis in perm]
    source = [strides_of(shape)[axis] for axis in perm]
    target = strides_of(sizes)
    loops = merged_loops(sizes, source, target, item=ITEM)
    assert len(loops.sizes) == 5
    assert visited(loops.sizes, loops.strides[0]) == visited(sizes, source)
    assert visited(loops.sizes, loops.strides[1]) == visited(sizes, target)


def test_contiguous_axes_become_one_loop():
    loops = merged_loops((2, 3, 4), strides_of((2, 3, 4)), item=ITEM)
    assert loops.sizes == (1, 1, 1, 1, 24)


def test_too_many_axes_are_refused_by_name():
    sizes = (2,) * 6
    with pytest.raises(ExportError, match="layer 7"):
        merged_loops(sizes, strides_of(sizes)[::-1], item=ITEM)


def test_broadcast_axes_stand_still():
    assert broadcast_strides((3, 1), (2, 3, 4)) == (0, 1, 0)


@pytest.mark.parametrize(
    ("shape", "image"), [((5,), (1, 1, 5)), ((4, 5), (1, 4, 5)), ((3, 4, 5), (3, 4, 5))]
)
def test_image_shape(shape, image):
    assert image_shape(shape) == image


@pytest.mark.parametrize(
    ("kernel", "shape", "pads", "found"),
    [
        ((5, 1), (30, 1, 4), (2, 0), (1, 30, 1, 15, 1, 5, 1, 2, 0, 2)),
        ((5, 1), (30, 2, 4), (2, 0), (30, 2, 15, 2, 5, 1, 2, 1, 2, 0)),
        ((5, 3), (30, 1, 4), (2, 1), (30, 1, 15, 1, 5, 3, 2, 1, 2, 1)),
    ],
)
def test_a_column_is_a_row(kernel, shape, pads, found):
    op = conv(6, kernel, shape[2], strides=(2, 1), pads=tuple((pad, pad) for pad in pads))
    program = one_layer(op, shape).lower()
    held = convolution_geometry(program, program.instructions[0]).values
    names = ("in_height", "in_width", "out_height", "out_width", "kernel_height", "kernel_width",
             "stride_y", "stride_x", "pad_top", "pad_left")  # fmt: skip
    assert tuple(held[name] for name in names) == found
