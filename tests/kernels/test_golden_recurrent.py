"""LSTM and SVDF on the golden vectors of ARM's CMSIS-NN unit tests, kept outside the repository."""

import numpy as np
import pytest

from tests.kernels.cmsisnn import Vectors, index, tensor
from tinyml_studio.arith.inttype import INT8, IntType
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.profile import TFLM
from tinyml_studio.lower.tables.logistic16 import SIGMOID_TABLE
from tinyml_studio.program.instructions import Lstm, Svdf
from tinyml_studio.program.program import Program, QuantizedTensor
from tinyml_studio.simulate.run import run, states_of

pytestmark = pytest.mark.skipif(not index(), reason="the CMSIS-NN vectors are not there")
GATES = ("input", "forget", "cell", "output")


def names(start: str) -> list[str]:
    return [name for name in index() if name.startswith(start)]


def factor(case: Vectors, name: str) -> Multiplier:
    return Multiplier(case.number(f"{name}_MULTIPLIER"), case.number(f"{name}_SHIFT"))


def per_gate(case: Vectors, part: str) -> tuple[np.ndarray, np.ndarray]:
    pairs = [factor(case, f"{gate.upper()}_GATE_{part}") for gate in GATES]
    mantissas, shifts = zip(*pairs, strict=True)
    return np.array(mantissas, np.int32), np.array(shifts, np.int32)


def lstm_of(case: Vectors, units: int) -> Lstm:
    inputs = np.stack([case.array(f"{gate}_gate_input_weights") for gate in GATES])
    hidden = np.stack([case.array(f"{gate}_gate_hidden_weights") for gate in GATES])
    bias = np.stack([case.array(f"{gate}_gate_bias") for gate in GATES]).astype(np.int64)
    power = case.number("CELL_SCALE_POWER") + 12
    return Lstm(
        layer="layer", inputs=("x",), output="y", weight_type=INT8, bias=bias,
        input_weights=inputs.reshape(4, units, -1), hidden_weights=hidden.reshape(4, units, units),
        hidden_bias=np.zeros_like(bias), table=SIGMOID_TABLE,
        input_multiplier=per_gate(case, "INPUT")[0], input_shift=per_gate(case, "INPUT")[1],
        hidden_multiplier=per_gate(case, "HIDDEN")[0], hidden_shift=per_gate(case, "HIDDEN")[1],
        forget=factor(case, "FORGET_TO_CELL"), update=factor(case, "INPUT_TO_CELL"),
        output_multiplier=factor(case, "OUTPUT"), clip=case.number("CELL_CLIP"),
        cell_multiplier=3 << max(power, 0), cell_shift=max(-power, 0),
        hidden="hidden", cell="cell", keeps_state=True,
    )  # fmt: skip


def program_of(item: Lstm | Svdf, *tensors: QuantizedTensor) -> Program:
    return Program("case", TFLM, {one.name: one for one in tensors}, {}, ("x",), ("y",), (item,))


@pytest.mark.parametrize("name", names("lstm"))
def test_lstm(name: str) -> None:
    case = Vectors(name)
    steps, units = case.number("TIME_STEPS"), case.number("HIDDEN_SIZE")
    zero = case.number("OUTPUT_ZERO_POINT")
    byte = np.dtype(np.int8)
    # the vectors state the offset of the input and the zero point of the output
    x = tensor("x", (steps, case.number("INPUT_SIZE")), byte, -case.number("INPUT_ZERO_POINT"))
    y = tensor("y", (steps, units), byte, zero)
    hidden, cell = (
        tensor("hidden", (units,), byte, zero),
        tensor("cell", (units,), np.dtype(np.int16), 0),
    )
    program = program_of(lstm_of(case, units), x, y, hidden, cell)
    given = case.array("input_tensor")
    made = run(program, (given.reshape(-1, *x.shape),)).values["y"]
    np.testing.assert_array_equal(made.reshape(-1), case.array("output"))


@pytest.mark.parametrize("name", names("svdf"))
def test_svdf(name: str) -> None:
    case = Vectors(name)
    features, size = case.number("FEATURE_BATCHES"), case.number("INPUT_SIZE")
    batch = case.number("INPUT_BATCHES")
    time_weights, initial = case.array("weights_time"), case.array("state")
    kind = IntType(8 * time_weights.dtype.itemsize)
    units = case.number("DST_SIZE") // batch
    item = Svdf(
        layer="layer", inputs=("x",), output="y", weight_type=INT8, time_type=kind,
        feature_weights=case.array("weights_feature").reshape(features, size),
        time_weights=time_weights.reshape(features, -1),
        bias=case.array("biases").astype(np.int64), state="state",
        feature_multiplier=Multiplier(case.number("MULTIPLIER_IN"), case.number("SHIFT_1")),
        output_multiplier=Multiplier(case.number("MULTIPLIER_OUT"), case.number("SHIFT_2")),
        low=case.number("OUT_ACTIVATION_MIN"), high=case.number("OUT_ACTIVATION_MAX"),
    )  # fmt: skip
    byte = np.dtype(np.int8)
    state = tensor("state", item.time_weights.shape, time_weights.dtype, 0)
    x = tensor("x", (size,), byte, -case.number("INPUT_OFFSET"))
    y = tensor("y", (units,), byte, case.number("OUTPUT_OFFSET"))
    program = program_of(item, x, y, state)
    steps = case.array("input_sequence").reshape(-1, batch, size)
    held = [states_of(program) for _ in range(batch)]
    for one, start in zip(held, initial.reshape(batch, *state.shape), strict=True):
        one["state"] = start.astype(np.int64)
    for step in steps:
        rows = [run(program, (row[None],), states=one) for row, one in zip(step, held, strict=True)]
    last = np.concatenate([trace.values["y"].reshape(-1) for trace in rows])
    np.testing.assert_array_equal(last, case.array("output_ref"))
