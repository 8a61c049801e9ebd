"""Conv, as every exporter writes it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.formats.files import File, assert_agrees, opaque_reasons, read
from tinyml_studio.errors import ModelError
from tinyml_studio.ir.ops import Conv

RANDOM = np.random.default_rng(0)


def weights(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("opset", [7, 11, 13, 22, 23])
def test_convolution_in_every_opset(opset, tmp_path):
    file = File(3, 8, 7, opset=opset)
    made = file.add("Conv", file.x, weights(4, 3, 3, 3), weights(4), pads=[1, 1, 1, 1])
    graph = assert_agrees(file.proto(made), tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["Transpose", "Conv", "Transpose"]


def test_weights_are_channels_last(tmp_path):
    file = File(2, 5, 5)
    weight = weights(4, 1, 3, 2)
    graph = read(file.proto(file.add("Conv", file.x, weight, group=2)), tmp_path)
    op = graph.nodes[1].op
    assert isinstance(op, Conv)
    np.testing.assert_array_equal(op.weight, weight.transpose(0, 2, 3, 1))
    assert (op.groups, op.bias.tolist()) == (2, [0.0] * 4)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_convolutions_agree_with_onnx_runtime(data, tmp_path):
    rank = data.draw(st.sampled_from([1, 2]))
    sizes = [data.draw(st.integers(3, 9)) for _ in range(rank)]
    kernel = [data.draw(st.integers(1, 3)) for _ in range(rank)]
    groups, per_group = data.draw(st.sampled_from([(1, 3), (2, 1), (2, 2), (4, 1)]))
    attributes = {
        "group": groups,
        "strides": [data.draw(st.integers(1, 3)) for _ in range(rank)],
        "dilations": [1] * rank,
    }
    mode = data.draw(st.sampled_from(["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"]))
    if mode == "NOTSET":
        attributes["pads"] = [data.draw(st.integers(0, 2)) for _ in range(2 * rank)]
        if min(sizes) >= 5:
            attributes["dilations"] = [data.draw(st.integers(1, 2)) for _ in range(rank)]
    else:
        attributes["auto_pad"] = mode
    file = File(groups * per_group, *sizes)
    filters = groups * data.draw(st.integers(1, 2))
    made = file.add("Conv", file.x, weights(filters, per_group, *kernel), **attributes)
    assert_agrees(file.proto(made), tmp_path, batch=2)


@pytest.mark.parametrize(
    ("shape", "weight", "reason"),
    [((2, 4, 4, 4), (3, 2, 1, 1, 1), "spatial axes"), ((2,), (3, 2), "spatial axes")],
)
def test_other_ranks_are_opaque(shape, weight, reason, tmp_path):
    file = File(*shape)
    graph = read(file.proto(file.add("Conv", file.x, weights(*weight))), tmp_path)
    assert reason in opaque_reasons(graph)[0]
    assert graph.nodes[0].op.weights[0][1].shape == weight


def test_computed_weights_are_opaque(tmp_path):
    file = File(2, 4, 4)
    weight = file.input(2, 3, 3)
    graph = read(file.proto(file.add("Conv", file.x, weight)), tmp_path)
    assert "computed by the network" in opaque_reasons(graph)[0]


@pytest.mark.parametrize(
    ("weight", "attributes"),
    [
        ((4, 3, 3, 3), {}),
        ((4, 2, 3), {}),
        ((3, 1, 3, 3), {"group": 2}),
        ((4, 2, 3, 3), {"group": 0}),
        ((4, 2, 3, 3), {"strides": [0, 1]}),
        ((4, 2, 3, 3), {"strides": [1]}),
        ((4, 2, 3, 3), {"dilations": [2**40, 1]}),
        ((4, 2, 3, 3), {"pads": [-1, 0, 0, 0]}),
        ((4, 2, 3, 3), {"kernel_shape": [2, 2]}),
        ((4, 2, 3, 3), {"auto_pad": "SOMETIMES"}),
        ((4, 2, 9, 9), {}),
        ((4, 2, 3, 3), {"strides": "one"}),
    ],
)
def test_a_convolution_that_does_not_fit_is_an_error(weight, attributes, tmp_path):
    file = File(2, 4, 4)
    proto = file.proto(file.add("Conv", file.x, weights(*weight), name="first", **attributes))
    with pytest.raises(ModelError, match=r"model\.onnx.*'first' \(Conv\)"):
        read(proto, tmp_path)
