"""Resize, DepthToSpace, Tile and other moves by indices, against ONNX Runtime."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.files import File, assert_agrees, assert_same_outputs, opaque_reasons, read
from tinyml_studio.ir import ops
from tinyml_studio.passes.prepare import prepare

NEAREST = ["asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel"]
LINEAR = ["asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel"]
ROUNDINGS = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]


def floats(*values):
    return np.array(values, np.float32)


def sizes(*values):
    return np.array(values, np.int64)


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("coordinates", NEAREST)
def test_nearest(coordinates, rounding, tmp_path):
    file = File(2, 5, 4)
    how = {"coordinate_transformation_mode": coordinates, "nearest_mode": rounding}
    made = file.add("Resize", file.x, "", floats(1, 1, 1.7, 2), mode="nearest", **how)
    graph = assert_agrees(file.proto(made), tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["ResizeNearest"]


@pytest.mark.parametrize("coordinates", LINEAR)
@pytest.mark.parametrize("target", [(10, 8), (7, 3), (5, 9)])
def test_linear_to_sizes(coordinates, target, tmp_path):
    file = File(2, 5, 4, batch=3)
    how = {"mode": "linear", "coordinate_transformation_mode": coordinates}
    made = file.add("Resize", file.x, "", "", sizes(3, 2, *target), **how)
    graph = prepare(assert_agrees(file.proto(made), tmp_path))
    assert [node.op.kind for node in graph.nodes] == ["ResizeBilinear"]


def test_a_sequence(tmp_path):
    file = File(2, 5)
    how = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
    assert_agrees(file.proto(file.add("Resize", file.x, "", floats(1, 1, 3), **how)), tmp_path)


@pytest.mark.parametrize("mode", ["nearest", "linear"])
def test_upsample(mode, tmp_path):
    file = File(2, 5, 4, opset=9)
    made = file.add("Upsample", file.x, floats(1, 1, 2, 3), mode=mode)
    assert_agrees(file.proto(made), tmp_path)


def test_sizes_computed_from_the_input(tmp_path):
    """As PyTorch writes ``interpolate(size=...)``: batch and channels of the input's own shape."""
    file = File(2, 5, 4)
    shape = file.add("Slice", file.add("Shape", file.x), sizes(0), sizes(2), sizes(0))
    target = file.add("Concat", shape, sizes(9, 8), axis=0)
    made = file.add("Resize", file.x, "", "", target, mode="nearest")
    assert_agrees(file.proto(made), tmp_path)


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"mode": "cubic"}, "mode 'cubic' has no integers"),
        ({"mode": "lanczos"}, "mode 'lanczos' is not supported"),
        ({"mode": "linear", "coordinate_transformation_mode": "tf_crop_and_resize"}, "coordinates"),
        ({"mode": "linear", "antialias": 1}, "antialias"),
    ],
)
def test_what_tflite_lacks_is_refused_by_name(attributes, reason, tmp_path):
    file = File(2, 5, 4, opset=18)
    made = file.add("Resize", file.x, floats(), floats(1, 1, 2, 2), **attributes)
    assert reason in opaque_reasons(read(file.proto(made), tmp_path))[0]


@pytest.mark.parametrize("mode", ["DCR", "CRD"])
def test_depth_to_space(mode, tmp_path):
    file = File(8, 3, 5)
    assert_agrees(file.proto(file.add("DepthToSpace", file.x, blocksize=2, mode=mode)), tmp_path)


def test_space_to_depth_between_convolutions(tmp_path):
    file = File(3, 6, 4)
    random = np.random.default_rng(0)
    first = random.normal(size=(3, 3, 1, 1)).astype(np.float32)
    second = random.normal(size=(2, 12, 1, 1)).astype(np.float32)
    blocks = file.add("SpaceToDepth", file.add("Conv", file.x, first), blocksize=2)
    proto = file.proto(file.add("Conv", blocks, second))
    graph = prepare(assert_agrees(proto, tmp_path))
    assert_same_outputs(graph, proto.SerializeToString(), batch=3, tolerance=1e-4)


def test_tile_and_expand(tmp_path):
    file = File(2, 3, 1)
    wide = file.add("Expand", file.x, sizes(1, 1, 3, 5))
    graph = assert_agrees(file.proto(file.add("Tile", wide, sizes(1, 3, 1, 2))), tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["Expand", "Tile"]


@pytest.mark.parametrize("mode", ["reflect", "edge"])
def test_padding_with_own_values(mode, tmp_path):
    file = File(2, 4, 5)
    made = file.add("Pad", file.x, sizes(0, 0, 2, 1, 0, 0, 3, 0), mode=mode)
    assert_agrees(file.proto(made), tmp_path)


def test_indices_in_any_order(tmp_path):
    file = File(2, 4, 5)
    graph = assert_agrees(file.proto(file.add("Gather", file.x, sizes(3, 0, 0), axis=2)), tmp_path)
    assert graph.nodes[0].op == ops.Gather((None, (3, 0, 0), None))


@pytest.mark.parametrize(("axes", "keepdims"), [([2, 3], 1), ([1], 0), ([3], 0)])
def test_reduce_max(axes, keepdims, tmp_path):
    file = File(2, 4, 5)
    assert_agrees(file.proto(file.add("ReduceMax", file.x, axes=axes, keepdims=keepdims)), tmp_path)
