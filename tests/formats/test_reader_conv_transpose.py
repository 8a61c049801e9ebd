"""ConvTranspose, as exporters write it, against ONNX Runtime."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.formats.files import File, assert_agrees, read
from tinyml_studio.errors import ModelError
from tinyml_studio.ir.ops import ConvTranspose
from tinyml_studio.passes.prepare import prepare

RANDOM = np.random.default_rng(0)


def weights(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_transposed_convolutions_agree_with_onnx_runtime(data, tmp_path):
    rank = data.draw(st.sampled_from([1, 2]))
    sizes = [data.draw(st.integers(1, 6)) for _ in range(rank)]
    kernel = [data.draw(st.integers(2, 4)) for _ in range(rank)]
    strides = [data.draw(st.integers(1, 3)) for _ in range(rank)]
    groups, per_group = data.draw(st.sampled_from([(1, 3), (2, 1), (2, 2)]))
    attributes = {"group": groups, "strides": strides}
    mode = data.draw(st.sampled_from(["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"]))
    if mode == "NOTSET":
        attributes["pads"] = [data.draw(st.integers(0, size - 1)) // 2 for size in kernel * 2]
        attributes["dilations"] = [data.draw(st.integers(1, 2)) for _ in range(rank)]
        attributes["output_padding"] = [data.draw(st.integers(0, s - 1)) for s in strides]
    else:
        attributes["auto_pad"] = mode
    file = File(groups * per_group, *sizes)
    filters = data.draw(st.integers(1, 2))
    weight = weights(groups * per_group, filters, *kernel)
    made = file.add("ConvTranspose", file.x, weight, weights(filters * groups), **attributes)
    assert_agrees(file.proto(made), tmp_path, batch=2)


def test_an_output_shape_is_met(tmp_path):
    file = File(3, 4, 5)
    shape = {"output_shape": [8, 10], "strides": [2, 2]}
    graph = assert_agrees(
        file.proto(file.add("ConvTranspose", file.x, weights(3, 2, 3, 3), **shape)), tmp_path
    )
    assert graph.outputs[0].shape == (2, 8, 10)


def test_batch_norm_and_relu_go_into_it(tmp_path):
    file = File(3, 4, 5)
    made = file.add("ConvTranspose", file.x, weights(3, 4, 2, 2), strides=[2, 2])
    vectors = [np.abs(weights(4)) + 0.5 for _ in range(4)]
    made = file.add("Relu", file.add("BatchNormalization", made, *vectors))
    graph = prepare(assert_agrees(file.proto(made), tmp_path))
    assert [type(node.op) for node in graph.nodes] == [ConvTranspose]


@pytest.mark.parametrize(
    ("weight", "attributes", "words"),
    [
        ((4, 2, 3, 3), {}, "does not fit 3 input channels"),
        ((3, 2, 3), {}, "3 axes where its input has 4"),
        ((3, 2, 3, 3), {"kernel_shape": [2, 2]}, "where the weights have"),
        ((3, 2, 3, 3), {"pads": [9, 9, 9, 9]}, "cut all"),
        ((3, 2, 3, 3), {"output_padding": [1]}, "2 numbers are needed"),
        ((3, 2, 3, 3), {"auto_pad": "SOME"}, "auto_pad"),
    ],
)
def test_what_does_not_fit_is_said(weight, attributes, words, tmp_path):
    file = File(3, 4, 5)
    made = file.add("ConvTranspose", file.x, weights(*weight), **attributes)
    with pytest.raises(ModelError, match=words):
        read(file.proto(made), tmp_path)
