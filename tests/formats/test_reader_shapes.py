"""Operators that move or cut tensors; the batch must stay where it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.formats.files import File, assert_agrees, opaque_reasons, read
from tinyml_studio.errors import ModelError

FUZZ = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
INT_MAX = 2**63 - 1


def ints(*values):
    return np.array(values, np.int64)


@pytest.mark.parametrize("opset", [7, 13, 14, 23])
@pytest.mark.parametrize("target", [(-1, 60), (0, -1), (0, 0, 20), (0, 12, 5), (-1, 3, 20)])
def test_reshape_for_any_batch(opset, target, tmp_path):
    file = File(3, 4, 5, opset=opset)
    assert_agrees(file.proto(file.add("Reshape", file.x, ints(*target))), tmp_path)


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("rest", [(-1,), (60,), (12, -1), (3, 1, 20)])
def test_reshape_for_a_fixed_batch(batch, rest, tmp_path):
    file = File(3, 4, 5, batch=batch)
    assert_agrees(file.proto(file.add("Reshape", file.x, ints(batch, *rest))), tmp_path)


def test_reshape_made_for_one_sample_is_read_for_any_number(tmp_path):
    file = File(3, 4)
    graph = assert_agrees(file.proto(file.add("Reshape", file.x, ints(1, -1))), tmp_path, batch=1)
    assert graph.outputs[0].shape == (12,)


@pytest.mark.parametrize("target", [(-1,), (-1, 4), (3, -1), (2, -1, 3), (-1, 5, 0)])
def test_reshape_that_mixes_the_batch_is_opaque(target, tmp_path):
    file = File(3, 4)
    made = file.add("Reshape", file.x, ints(*target))
    assert "mixes the batch" in opaque_reasons(read(file.proto(made), tmp_path))[0]


def test_reshape_with_allowzero_keeps_nothing(tmp_path):
    file = File(3, 4)
    made = file.add("Reshape", file.x, ints(0, 12), allowzero=1)
    assert "mixes the batch" in opaque_reasons(read(file.proto(made), tmp_path))[0]


@pytest.mark.parametrize(("opset", "axis"), [(7, 1), (9, 1), (11, -3), (13, -3), (21, 1)])
def test_flatten(opset, axis, tmp_path):
    file = File(3, 4, 5, opset=opset)
    assert_agrees(file.proto(file.add("Flatten", file.x, axis=axis)), tmp_path)


def test_flatten_behind_axes_of_one(tmp_path):
    file = File(1, 1, 6)
    assert_agrees(file.proto(file.add("Flatten", file.x, axis=3)), tmp_path)


@pytest.mark.parametrize("axis", [0, 2])
def test_flatten_that_mixes_the_batch_is_opaque(axis, tmp_path):
    file = File(3, 4)
    made = file.add("Flatten", file.x, axis=axis)
    assert "mixes the batch" in opaque_reasons(read(file.proto(made), tmp_path))[0]


@pytest.mark.parametrize("opset", [7, 11, 13, 23])
@pytest.mark.parametrize("op", ["Squeeze", "Unsqueeze"])
@pytest.mark.parametrize("axes", [(2,), (2, 4)])
def test_squeeze_and_unsqueeze(opset, op, axes, tmp_path):
    file = File(3, 1, 4, 1, opset=opset)
    if opset < 13:
        made = file.add(op, file.x, axes=list(axes))
    else:
        made = file.add(op, file.x, ints(*axes))
    assert_agrees(file.proto(made), tmp_path)


def test_negative_axes(tmp_path):
    file = File(3, 1)
    made = file.add("Unsqueeze", file.add("Squeeze", file.x, ints(-1)), ints(-1, -2))
    assert_agrees(file.proto(made), tmp_path)


def test_squeeze_of_all_axes(tmp_path):
    file = File(3, 1, 4, 1)
    assert_agrees(file.proto(file.add("Squeeze", file.x)), tmp_path)
    fixed = File(3, 1, batch=1)
    graph = read(fixed.proto(fixed.add("Squeeze", fixed.x)), tmp_path)
    assert "removes the batch" in opaque_reasons(graph)[0]


def test_transpose(tmp_path):
    file = File(3, 4, 5)
    assert_agrees(file.proto(file.add("Transpose", file.x, perm=[0, 2, 3, 1])), tmp_path)


@pytest.mark.parametrize("attributes", [{"perm": [1, 0, 2]}, {}])
def test_transpose_of_the_batch_is_opaque(attributes, tmp_path):
    file = File(3, 4)
    made = file.add("Transpose", file.x, **attributes)
    assert "moves the batch" in opaque_reasons(read(file.proto(made), tmp_path))[0]


@pytest.mark.parametrize("axis", [1, -1])
def test_concat(axis, tmp_path):
    file = File(3, 4)
    other = file.input(3, 4)
    constant = np.ones((1, 3, 4), np.float32)
    made = file.add("Concat", file.x, other, file.x, axis=axis)
    assert_agrees(file.proto(made), tmp_path)
    single = File(3, 4, batch=1)
    made = single.add("Concat", constant, single.x, axis=axis)
    assert_agrees(single.proto(made), tmp_path)


def test_concat_along_the_batch_is_opaque(tmp_path):
    file = File(3)
    graph = read(file.proto(file.add("Concat", file.x, file.x, axis=0)), tmp_path)
    assert "along the batch" in opaque_reasons(graph)[0]


@pytest.mark.parametrize(
    ("opset", "operands", "attributes"),
    [
        (7, [], {"split": [1, 5]}),
        (11, [], {}),
        (13, [ints(2, 4)], {}),
        (13, [], {}),
        (18, [], {"num_outputs": 2}),
        (23, [ints(5, 1)], {}),
    ],
)
def test_split(opset, operands, attributes, tmp_path):
    file = File(6, 4, opset=opset)
    made = file.add("Split", file.x, *operands, outputs=2, axis=1, **attributes)
    assert_agrees(file.proto(*made), tmp_path)


def test_split_with_a_smaller_last_part(tmp_path):
    file = File(7, opset=18)
    made = file.add("Split", file.x, outputs=3, axis=-1, num_outputs=3)
    assert_agrees(file.proto(*made), tmp_path)


def test_split_of_the_batch_is_opaque(tmp_path):
    file = File(3)
    graph = read(file.proto(*file.add("Split", file.x, outputs=2)), tmp_path)
    assert "splits the batch" in opaque_reasons(graph)[0]


@settings(max_examples=80, **FUZZ)
@given(data=st.data())
def test_slices_agree_with_onnx_runtime(data, tmp_path):
    sizes = [data.draw(st.integers(1, 6)) for _ in range(2)]
    bounds = st.one_of(st.integers(-8, 8), st.sampled_from([INT_MAX, -INT_MAX, 2**31 - 1]))
    axes = data.draw(st.permutations([1, 2, -1, -2]))[:2]
    if len({axis % 3 for axis in axes}) == 1:
        axes = axes[:1]
    starts, ends = ([data.draw(bounds) for _ in axes] for _ in range(2))
    steps = [data.draw(st.sampled_from([1, 2, 3, -1, -2])) for _ in axes]
    if any(
        not len(range(sizes[a % 3 - 1])[s:e:t])
        for s, e, a, t in zip(starts, ends, axes, steps, strict=True)
    ):
        return
    file = File(*sizes)
    made = file.add("Slice", file.x, ints(*starts), ints(*ends), ints(*axes), ints(*steps))
    assert_agrees(file.proto(made), tmp_path)


def test_slice_with_attributes(tmp_path):
    file = File(6, 4, opset=9)
    made = file.add("Slice", file.x, axes=[1, 2], starts=[1, -3], ends=[2**31 - 1, -1])
    assert_agrees(file.proto(made), tmp_path)


def test_slice_that_leaves_the_batch_alone(tmp_path):
    file = File(6)
    made = file.add("Slice", file.x, ints(0, 1), ints(INT_MAX, 4))
    assert_agrees(file.proto(made), tmp_path)


def test_empty_and_batch_slices_are_opaque(tmp_path):
    file = File(6)
    first = file.add("Slice", file.x, ints(3), ints(3), ints(1))
    second = file.add("Slice", file.x, ints(0), ints(1))
    reasons = opaque_reasons(read(file.proto(first, second), tmp_path))
    assert reasons == ["its output is empty", "it takes a part of the batch"]


@pytest.mark.parametrize("indices", [np.int64(-1), np.int64(2), ints(1), ints(4, 2, 0), ints(1, 2)])
def test_gather_of_evenly_spaced_indices(indices, tmp_path):
    file = File(5, 3)
    assert_agrees(file.proto(file.add("Gather", file.x, indices, axis=1)), tmp_path)


@pytest.mark.parametrize(
    ("indices", "axis", "reason"),
    [
        (ints(0), 0, "batch"),
        (ints(0)[None], 1, "list"),
    ],
)
def test_other_gathers_are_opaque(indices, axis, reason, tmp_path):
    file = File(5, 3)
    made = file.add("Gather", file.x, indices, axis=axis)
    assert reason in opaque_reasons(read(file.proto(made), tmp_path))[0]


@pytest.mark.parametrize("value", [0.0, 1.5])
@pytest.mark.parametrize("opset", [7, 11, 13, 23])
def test_pad(opset, value, tmp_path):
    pads = [0, 1, 0, 0, 2, 3]
    file = File(3, 4, opset=opset)
    if opset < 11:
        made = file.add("Pad", file.x, pads=pads, value=value)
    else:
        made = file.add("Pad", file.x, ints(*pads), np.float32(value))
    assert_agrees(file.proto(made), tmp_path)


@pytest.mark.parametrize("axes", [(1,), (-1, 1)])
def test_pad_of_some_axes(axes, tmp_path):
    file = File(3, 4, opset=18)
    pads = ints(*range(1, 2 * len(axes) + 1))
    assert_agrees(file.proto(file.add("Pad", file.x, pads, "", ints(*axes))), tmp_path)


@pytest.mark.parametrize(
    ("pads", "attributes", "reason"),
    [
        ((1, 0, 0, 0), {}, "pads the batch"),
        ((0, -1, 0, 0), {}, "negative"),
        ((0, 4, 0, 1), {"mode": "reflect"}, "reflect"),
    ],
)
def test_other_pads_are_opaque(pads, attributes, reason, tmp_path):
    file = File(4)
    made = file.add("Pad", file.x, ints(*pads), **attributes)
    assert reason in opaque_reasons(read(file.proto(made), tmp_path))[0]


def test_pad_with_infinity_is_opaque(tmp_path):
    file = File(4)
    made = file.add("Pad", file.x, ints(0, 1, 0, 1), np.float32(-np.inf))
    assert "infinity" in opaque_reasons(read(file.proto(made), tmp_path))[0]


BROKEN = [
    ("Reshape", [ints(0, 0, 0, 0)], {}),
    ("Reshape", [ints(0, -1, -1)], {}),
    ("Reshape", [ints(0, -7)], {}),
    ("Reshape", [np.float32([0, 12])], {}),
    ("Transpose", [], {"perm": [0, 1]}),
    ("Transpose", [], {"perm": [0, 1, 1]}),
    ("Squeeze", [ints(1)], {}),
    ("Squeeze", [ints(5)], {}),
    ("Unsqueeze", [ints(1, 1)], {}),
    ("Unsqueeze", [], {}),
    ("Flatten", [], {"axis": 9}),
    ("Slice", [ints(0, 0), ints(1)], {}),
    ("Slice", [ints(0), ints(1), ints(1), ints(0)], {}),
    ("Slice", [], {}),
    ("Gather", [ints(9)], {"axis": 1}),
    ("Pad", [ints(0, 1)], {}),
    ("Split", [ints(1, 1)], {"axis": 1, "outputs": 2}),
    ("Concat", [], {}),
    ("Concat", [np.ones((1, 5, 5), np.float32)], {"axis": 1}),
]


@pytest.mark.parametrize(("op", "operands", "attributes"), BROKEN)
def test_what_does_not_fit_is_an_error(op, operands, attributes, tmp_path):
    file = File(3, 4)
    made = file.add(op, file.x, *operands, **attributes)
    outputs = made if isinstance(made, list) else [made]
    with pytest.raises(ModelError, match=op):
        read(file.proto(*outputs), tmp_path)
