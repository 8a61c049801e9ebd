"""Buffers of a stream: one operator of ours for a variable that is read, joined and assigned."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.tflite.flatbuffers_encoder import Scalar
from tests.formats.tflite.lowered import lowered, read
from tests.formats.tflite.streams import SHAPE, stream
from tinyml_studio.errors import ModelError
from tinyml_studio.ir import ops
from tinyml_studio.program.instructions import StreamBuffer
from tinyml_studio.simulate.run import run, states_of

COUNT = 12
FORMS = {
    "its end": {},
    "one at a time": {"fresh": 1},
    "all of it": {"whole": True},
    "all of it, one at a time": {"whole": True, "fresh": 1},
}


def values(graph):
    draw = np.random.default_rng(3)
    return draw.integers(-128, 128, (COUNT, *graph.inputs[0].shape)).astype(np.int8)


@pytest.mark.parametrize("form", FORMS)
def test_a_variable_is_a_buffer(form, tmp_path):
    graph = read(stream(**FORMS[form]).encode(), tmp_path)
    assert [type(node.op) for node in graph.nodes] == [ops.StreamBuffer, ops.Conv]
    fresh = graph.inputs[0].shape[0]
    kept = SHAPE[1] - fresh if "all" in form else SHAPE[1]
    assert graph.nodes[0].op == ops.StreamBuffer(0, kept)


@pytest.mark.parametrize("form", FORMS)
def test_a_stream_is_that_of_litert(form, tmp_path):
    module = pytest.importorskip("ai_edge_litert.interpreter", reason="LiteRT is not installed")
    data = stream(**FORMS[form]).encode()
    graph, program = lowered(data, tmp_path)
    batch = values(graph)
    made = module.Interpreter(
        model_content=data, experimental_op_resolver_type=module.OpResolverType.BUILTIN_REF
    )
    made.allocate_tensors()
    rows = []
    for row in batch:
        made.set_tensor(made.get_input_details()[0]["index"], row[None])
        made.invoke()
        rows.append(made.get_tensor(made.get_output_details()[0]["index"])[0])
    found = run(program, (batch,), states=states_of(program)).values[program.outputs[0]]
    np.testing.assert_array_equal(found, np.stack(rows))


def test_a_stream_by_hand(tmp_path):
    graph, program = lowered(stream().encode(), tmp_path)
    item = program.instructions[0]
    assert isinstance(item, StreamBuffer)
    batch = values(graph)
    trace = run(program, (batch,), states=states_of(program))
    line = np.concatenate([np.full((5, 1, 4), -20), *batch])
    wanted = [line[start : start + 7] for start in range(0, 2 * COUNT, 2)]
    np.testing.assert_array_equal(trace.values[item.output], wanted)


REFUSED = {
    "another first value": ({"zero": -19}, "does not begin with zeros"),
    "the beginning is kept": ({"step": 1}, "not its end"),
    "joined behind": ({"swapped": True}, "not joined in front of"),
    "assigned twice": ({"twice": True}, "assigned 2 times"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_other_variables_are_refused_by_name(case, tmp_path):
    options, words = REFUSED[case]
    with pytest.raises(ModelError, match=words) as caught:
        read(stream(**options).encode(), tmp_path)
    assert "kept" in str(caught.value)


def test_a_graph_that_is_not_there(tmp_path):
    file = stream()
    file.operators[0].fields[4].fields[0] = Scalar("<i4", 7)
    with pytest.raises(ModelError, match="calls graph 7"):
        read(file.encode(), tmp_path)
