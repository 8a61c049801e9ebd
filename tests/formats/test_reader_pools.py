"""Pools and means."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.formats.files import File, assert_agrees, opaque_reasons, read


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_pools_agree_with_onnx_runtime(data, tmp_path):
    op = data.draw(st.sampled_from(["MaxPool", "AveragePool"]))
    rank = data.draw(st.sampled_from([1, 2]))
    sizes = [data.draw(st.integers(4, 9)) for _ in range(rank)]
    kernel = [data.draw(st.integers(1, 4)) for _ in range(rank)]
    attributes = {
        "kernel_shape": kernel,
        "strides": [data.draw(st.integers(1, 4)) for _ in range(rank)],
        "ceil_mode": data.draw(st.integers(0, 1)),
    }
    mode = data.draw(st.sampled_from(["NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"]))
    if mode == "NOTSET":
        before = [data.draw(st.integers(0, k - 1)) for k in kernel]
        after = [data.draw(st.integers(0, k - 1)) for k in kernel]
        attributes["pads"] = before + after
    else:
        attributes["auto_pad"] = mode
        # ONNX Runtime refuses windows with gaps between them where the size calls for no padding.
        attributes["strides"] = [data.draw(st.integers(1, k)) for k in kernel]
    if op == "AveragePool":
        attributes["count_include_pad"] = data.draw(st.integers(0, 1))
    file = File(2, *sizes, opset=data.draw(st.sampled_from([11, 19, 22])))
    assert_agrees(file.proto(file.add(op, file.x, **attributes)), tmp_path, batch=2)


@pytest.mark.parametrize("op", ["MaxPool", "AveragePool"])
@pytest.mark.parametrize("opset", [7, 8, 10])
def test_pools_of_old_files(op, opset, tmp_path):
    file = File(2, 6, 6, opset=opset)
    made = file.add(op, file.x, kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1])
    assert_agrees(file.proto(made), tmp_path)


def test_counted_padding_is_a_pad_of_its_own(tmp_path):
    file = File(2, 6, 6)
    attributes = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}
    made = file.add("AveragePool", file.x, **attributes)
    graph = assert_agrees(file.proto(made), tmp_path)
    assert [node.op.kind for node in graph.nodes] == [
        "Transpose",
        "Pad",
        "AveragePool",
        "Transpose",
    ]


@pytest.mark.parametrize("shape", [(3, 5), (3, 4, 5)])
@pytest.mark.parametrize("op", ["GlobalAveragePool", "GlobalMaxPool"])
def test_global_pools(op, shape, tmp_path):
    file = File(*shape)
    assert_agrees(file.proto(file.add(op, file.x)), tmp_path)


@pytest.mark.parametrize("opset", [7, 13, 17])
@pytest.mark.parametrize(("axes", "keepdims"), [([2, 3], 1), ([-1], 0), ([3, 1], 0)])
def test_mean_with_axes_as_attribute(opset, axes, keepdims, tmp_path):
    file = File(3, 4, 5, opset=opset)
    made = file.add("ReduceMean", file.x, axes=axes, keepdims=keepdims)
    assert_agrees(file.proto(made), tmp_path)


@pytest.mark.parametrize("axes", [[2, 3], [-2]])
def test_mean_with_axes_as_operand(axes, tmp_path):
    file = File(3, 4, 5, opset=18)
    assert_agrees(file.proto(file.add("ReduceMean", file.x, axes)), tmp_path)


def test_mean_over_nothing(tmp_path):
    file = File(3, opset=18)
    assert_agrees(file.proto(file.add("ReduceMean", file.x, noop_with_empty_axes=1)), tmp_path)


@pytest.mark.parametrize(
    ("op", "attributes", "reason"),
    [
        ("MaxPool", {"kernel_shape": [2, 2], "dilations": [2, 2]}, "dilated"),
        ("MaxPool", {"kernel_shape": [2, 2], "storage_order": 1}, "indices"),
        ("MaxPool", {"kernel_shape": [2, 2], "pads": [2, 2, 2, 2]}, "padding"),
        ("ReduceMean", {"axes": [0, 1]}, "batch"),
        ("ReduceMean", {}, "batch"),
        ("LpPool", {"kernel_shape": [2, 2]}, "LpPool is not supported"),
        ("GlobalLpPool", {}, "GlobalLpPool is not supported"),
    ],
)
def test_pools_without_a_counterpart_are_opaque(op, attributes, reason, tmp_path):
    file = File(3, 4, 5)
    graph = read(file.proto(file.add(op, file.x, **attributes)), tmp_path)
    assert reason in opaque_reasons(graph)[0]


def test_a_pool_whose_indices_are_used_is_opaque(tmp_path):
    file = File(3, 4, 5)
    values, indices = file.add("MaxPool", file.x, outputs=2, kernel_shape=[2, 2])
    graph = read(file.proto(values, indices), tmp_path)
    assert opaque_reasons(graph) == ["its second output is used"]
    assert_agrees(file.proto(values), tmp_path)
