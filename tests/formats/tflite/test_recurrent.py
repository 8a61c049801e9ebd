"""SVDF and LSTM of TensorFlow Lite files, alone and as a stream, against LiteRT's own kernels."""

import numpy as np
import pytest

from tests.formats.recurrent_floats import lstm as lstm_in_floats
from tests.formats.recurrent_floats import svdf as svdf_in_floats
from tests.formats.tflite.flatbuffers_encoder import Scalar
from tests.formats.tflite.lowered import lowered, read
from tests.formats.tflite.models import ModelFile
from tests.formats.tflite.recurrent_cases import lstm, real_lstm, svdf
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.errors import SchemeError
from tinyml_studio.lower.lower import lower
from tinyml_studio.quantize.file_grids import file_scheme
from tinyml_studio.quantize.scheme import LayerScheme, RangeMethod, Scheme
from tinyml_studio.simulate.io import real_values
from tinyml_studio.simulate.run import run, states_of

COUNT = 25
# LiteRT computes gates in other steps than TFLite-Micro, whose LSTM this is
LSTM_DIFFERENCE = 3


def litert(data, batch, *, stream):
    """Outputs of LiteRT; without `stream` its variables are reset before every sample."""
    module = pytest.importorskip("ai_edge_litert.interpreter", reason="LiteRT is not installed")
    made = module.Interpreter(
        model_content=data, experimental_op_resolver_type=module.OpResolverType.BUILTIN_REF
    )
    made.allocate_tensors()
    rows = []
    for sample in batch:
        if not stream:
            made.reset_all_variables()
        made.set_tensor(made.get_input_details()[0]["index"], sample[None])
        made.invoke()
        rows.append(made.get_tensor(made.get_output_details()[0]["index"])[0])
    return np.stack(rows)


def simulated(program, batch, *, stream):
    states = states_of(program) if stream else None
    return run(program, (batch,), states=states).values[program.outputs[0]]


def samples(program, *, high=128):
    shape = program.tensors[program.inputs[0]].shape
    return np.random.default_rng(8).integers(-high, high, (COUNT, *shape)).astype(np.int8)


@pytest.mark.parametrize("stream", [False, True], ids=["alone", "stream"])
@pytest.mark.parametrize("rank", [1, 2])
def test_svdf_is_that_of_litert(rank, stream, tmp_path):
    data = svdf(rank=rank).encode()
    _, program = lowered(data, tmp_path)
    batch = samples(program)
    found = simulated(program, batch, stream=stream)
    assert len(np.unique(found)) > 50
    np.testing.assert_array_equal(found, litert(data, batch, stream=stream))


@pytest.mark.parametrize("stream", [False, True], ids=["alone", "stream"])
@pytest.mark.parametrize("clip", [0.0, 0.6, 10.0])
def test_lstm_is_close_to_that_of_litert(clip, stream, tmp_path):
    data = lstm(clip=clip).encode()
    _, program = lowered(data, tmp_path)
    batch = samples(program, high=40)
    found = simulated(program, batch, stream=stream).astype(int)
    wanted = litert(data, batch, stream=stream)
    assert np.abs(found - wanted).max() <= LSTM_DIFFERENCE
    assert (found == wanted).mean() > 0.8


@pytest.mark.parametrize(("bits", "state_zero"), [(16, 0), (8, 0), (8, -50)])
def test_svdf_follows_its_real_meaning(bits, state_zero, tmp_path):
    graph, program = lowered(svdf(bits=bits, state_zero=state_zero).encode(), tmp_path)
    batch = samples(program)
    real = real_values(program.tensors[program.inputs[0]], batch)
    wanted = svdf_in_floats(graph.nodes[0].op, real)
    output = program.tensors[program.outputs[0]]
    found = real_values(output, simulated(program, batch, stream=True))
    steps = np.abs(found - np.clip(wanted, *program_limits(output))) / output.scale
    assert steps.max() < (0.6 if bits == 16 else 12)


def program_limits(tensor):
    return [(end - tensor.zero_point) * tensor.scale for end in (-128, 127)]


def test_lstm_of_real_numbers(tmp_path):
    graph = read(real_lstm().encode(), tmp_path)
    x = np.random.default_rng(2).normal(size=(3, 5, 7)).astype(np.float32)
    (found,) = FloatRunner(graph).outputs((x,))
    wanted = np.stack([lstm_in_floats(graph.nodes[0].op, row)[0] for row in x])
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_weights_of_other_widths_than_the_files(tmp_path):
    graph, program = lowered(svdf().encode(), tmp_path)
    scheme = file_scheme(graph)
    layer = graph.nodes[0].name
    narrow = scheme.with_layer(layer, scheme.of(layer).with_bits("w4"))
    item = lower(graph, {}, narrow).instructions[0]
    assert item.weight_type.bits == 4
    np.testing.assert_array_equal(item.time_weights, program.instructions[0].time_weights)


def test_svdf_takes_its_ranges_from_the_file(tmp_path):
    graph, _ = lowered(svdf().encode(), tmp_path)
    measured = LayerScheme(range_method=RangeMethod.MINMAX)
    scheme = Scheme(default=file_scheme(graph).default).with_layer(graph.nodes[0].name, measured)
    with pytest.raises(SchemeError, match="svdf") as error:
        lower(graph, {}, scheme)
    assert "several steps" in str(error.value.detail)


REFUSED = {
    "peepholes": lstm(given=(9,)),
    "projection": lstm(given=(16,)),
    "layer normalization": lstm(given=(20,)),
    "coupled gates": lstm(without=(1,)),
    "tanh is supported": lstm(options={0: Scalar("i1", 1)}),
    "time is the first axis": lstm(options={3: Scalar("u1", 1)}),
    "power of two": lstm(cell_scale=0.0003),
    "output's grid": lstm(state_zero=5),
}


@pytest.mark.parametrize("words", REFUSED)
def test_other_lstms_are_refused_by_name(words, tmp_path):
    (node,) = read(REFUSED[words].encode(), tmp_path).nodes
    assert node.op.kind == "UNIDIRECTIONAL_SEQUENCE_LSTM"
    assert words in node.op.reason


def test_a_variable_of_another_operator_is_refused_and_the_model_opens(tmp_path):
    file = ModelFile()
    x, y = file.tensor((1, 4), scale=0.1), file.tensor((1, 4), scale=0.1)
    held = file.tensor((1, 4), scale=0.1, variable=True)
    file.operator("ADD", [x, held], [y], {})
    file.inputs, file.outputs = [x], [y]
    (node,) = read(file.encode(), tmp_path).nodes
    assert "keeps a state" in node.op.reason
