"""Every operator against LiteRT's reference kernels, integer by integer."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.tflite.case_builders import Case
from tests.formats.tflite.cases import CASES
from tests.formats.tflite.flatbuffers_encoder import Scalar
from tests.formats.tflite.lowered import lowered
from tests.formats.tflite.models import KINDS
from tinyml_studio.arith.profile import LITERT, XNNPACK
from tinyml_studio.simulate.run import run

COUNT = 20
DIFFERENT = {"softmax int16", "softmax int16 of 2 times"}  # one entry of its table differs
# the reference kernel of SUM reads a multiplier that nobody set, and that of ELU is left out
OPTIMISED = {"sum", "sum dropped", "sum int16", "elu"}


def expected(data, batch, kernels="BUILTIN_REF"):
    """Outputs of LiteRT for every sample."""
    module = pytest.importorskip("ai_edge_litert.interpreter", reason="LiteRT is not installed")
    made = module.Interpreter(
        model_content=data,
        experimental_op_resolver_type=module.OpResolverType[kernels],
    )
    made.allocate_tensors()
    rows = []
    for index in range(COUNT):
        for detail, values in zip(made.get_input_details(), batch, strict=True):
            offset = 128 if detail["dtype"] == np.uint8 else 0
            row = (values[index : index + 1].astype(int) + offset).astype(detail["dtype"])
            made.set_tensor(detail["index"], row)
        made.invoke()
        rows.append([made.get_tensor(held["index"])[0] for held in made.get_output_details()])
    return [np.stack(values) for values in zip(*rows, strict=True)]


# LiteRT's optimized softmax has tables of float32; means and sums differ in exact ties alone
SHARES = {"softmax from 8 to 16 bits", "softmax to 16 bits in steps of 1/65535"}
NEARLY = {
    *("softmax", "softmax uint8 of 0.6 times"),
    *("mean", "mean dropped", "mean of one axis", "sum", "sum dropped"),
}


def differences(name, folder, arithmetic, kernels):
    """The largest difference of each output."""
    data = CASES[name]().encode()
    graph, program = lowered(data, folder, arithmetic)
    generator = np.random.default_rng(5)
    batch = []
    for port in graph.inputs:
        kind = program.tensors[port.tensor].type
        values = generator.integers(kind.min, kind.max, (COUNT, *port.shape), endpoint=True)
        batch.append(values.astype(kind.carrier))
    trace = run(program, tuple(batch))
    for port, wanted in zip(graph.outputs, expected(data, batch, kernels), strict=True):
        offset = 128 if wanted.dtype == np.uint8 else 0
        found = trace.values[port.tensor].astype(int) + offset
        yield np.abs(found - wanted).max()


@pytest.mark.parametrize("name", CASES)
def test_integers_are_those_of_litert(name, tmp_path):
    kernels = "BUILTIN_WITHOUT_DEFAULT_DELEGATES" if name in OPTIMISED else "BUILTIN_REF"
    assert max(differences(name, tmp_path, LITERT, kernels)) <= (name in DIFFERENT)


@pytest.mark.parametrize("name", CASES)
def test_integers_are_those_of_litert_as_it_comes(name, tmp_path):
    most = 2 if name in SHARES else name in NEARLY | DIFFERENT
    assert max(differences(name, tmp_path, XNNPACK, "BUILTIN")) <= most


def one_weight(accumulators, scales, kind="int8", wide="int32"):
    """A fully connected layer whose accumulators, of an input of zeros, are its biases."""
    source, weight, output = scales
    case = Case((1, 1), kind, scale=source, zero=0)
    shape = (len(accumulators), 1)
    weights = case.file.tensor(shape, "int8", data=np.ones(shape, int), scale=weight, axis=0)
    bias = case.file.tensor(
        (len(accumulators),), wide, data=accumulators, scale=np.float32(source * weight)
    )
    options = {0: Scalar("i1", 0), 4: Scalar("i1", KINDS[wide])}
    return case.end(
        "FULLY_CONNECTED", [case.x, weights, bias], (1, shape[0]), options, scale=output, zero=0
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_fully_connected_layer_has_the_factor_of_the_exact_product_of_scales(seed, tmp_path):
    draw = np.random.default_rng(seed)
    scales = [np.float32(draw.uniform(1e-3, 1e-1)), np.float32(draw.uniform(1e-3, 1e-2))]
    scales = [*map(float, scales), float(np.float32(np.prod(scales) * 2 ** draw.uniform(15, 17)))]
    factors = (
        scales[0] * scales[1] / scales[2],
        float(np.float32(scales[0]) * np.float32(scales[1])) / scales[2],
    )
    around = np.rint((np.arange(-127, 127) + 0.5) / factors[0]).astype(np.int64)
    tried = (around[:, None] + np.arange(-2, 3)).ravel()
    exact, rounded = (np.rint(tried * factor) for factor in factors)
    accumulators = tried[exact != rounded]
    assert len(accumulators)
    data = one_weight(accumulators, scales).encode()
    graph, program = lowered(data, tmp_path, LITERT)
    batch = [np.zeros((COUNT, *graph.inputs[0].shape), np.int8)]
    (wanted,) = expected(data, batch)
    found = run(program, tuple(batch)).values[graph.outputs[0].tensor]
    np.testing.assert_array_equal(found.astype(int), wanted)


@pytest.mark.parametrize("seed", range(6))
def test_sixteen_bits_have_the_factor_in_double_precision(seed, tmp_path):
    """Accumulators next to the ties of 16-bit results, where 31 bits of the factor are too few."""
    draw = np.random.default_rng(seed)
    scales = [np.float32(draw.uniform(1e-3, 1e-1)), np.float32(draw.uniform(1e-3, 1e-2))]
    scales = [*map(float, scales), float(np.float32(np.prod(scales) * 2 ** draw.uniform(15, 17)))]
    factor = scales[0] * scales[1] / scales[2]
    steps = draw.choice(np.arange(-32767, 32767), 3000) + 0.5
    around = np.rint(steps / factor).astype(np.int64)
    accumulators = np.unique(around[:, None] + np.arange(-1, 2))
    data = one_weight(accumulators, scales, "int16", "int64").encode()
    graph, program = lowered(data, tmp_path, LITERT)
    batch = [np.zeros((COUNT, *graph.inputs[0].shape), np.int16)]
    (wanted,) = expected(data, batch)
    found = run(program, tuple(batch)).values[graph.outputs[0].tensor]
    np.testing.assert_array_equal(found.astype(int), wanted)
