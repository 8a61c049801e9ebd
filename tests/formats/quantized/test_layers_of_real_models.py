"""Each layer of a quantized file against ONNX Runtime, given the same integers.

A network amplifies what one near tie has made different, and ONNX Runtime's own results differ
between its levels of optimisation. A layer on equal inputs cannot hide behind that.
"""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest

from tests.formats.quantized.test_real_models import FILES, existing
from tinyml_studio.formats.reader import read_model
from tinyml_studio.kernels.registry import run_instruction
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.quantize.file_grids import file_arithmetic, file_scheme
from tinyml_studio.simulate.io import quantize_inputs

OFFSETS = {np.uint8: 128, np.uint16: 32768}
PAIRED = [name for name in FILES if "qdq" in name]
SHARE = {"a16w8": 5e-4}  # of elements that may differ by one; float32 sums are coarse at 16 bits
SAMPLES = 2


def integers_of(path, samples):
    """What ONNX Runtime makes at every QuantizeLinear of a computed tensor, by the real tensor."""
    proto = onnx.load(path)
    kinds = {tensor.name: tensor.data_type for tensor in proto.graph.initializer}
    nodes = [node for node in proto.graph.node if node.op_type == "QuantizeLinear"]
    proto.graph.output.extend(
        onnx.helper.make_tensor_value_info(node.output[0], kinds[node.input[2]], None)
        for node in nodes
    )
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(proto.SerializeToString(), options)
    port, names = session.get_inputs()[0], [node.output[0] for node in nodes]
    runs = [session.run(names, {port.name: one[np.newaxis]}) for one in samples]
    together = [np.concatenate(parts) for parts in zip(*runs, strict=True)]
    return {node.input[0]: made for node, made in zip(nodes, together, strict=True)}


def as_ours(values, tensor):
    """Signed integers with channels last."""
    signed = values.astype(np.int64) - OFFSETS.get(values.dtype.type, 0)
    turned = np.moveaxis(signed, 1, -1) if signed.ndim == 4 else signed
    return np.ascontiguousarray(turned.reshape(len(values), *tensor.shape)).astype(
        tensor.type.carrier
    )


@pytest.mark.parametrize("name", PAIRED)
def test_every_layer_is_within_one_unit_on_equal_inputs(name):
    path = existing(name)
    graph = prepare(read_model(path))
    program = lower(graph, {}, file_scheme(graph), file_arithmetic(graph))
    port = graph.inputs[0]
    samples = np.random.default_rng(3).uniform(0, 255, (SAMPLES, *port.shape)).astype(np.float32)
    values = {port.tensor: quantize_inputs(program, graph, [samples])[0]}
    theirs = {
        tensor: as_ours(made, program.tensors[tensor])
        for tensor, made in integers_of(path, samples).items()
        if tensor in program.tensors
    }
    different = compared = 0
    for instruction in program.instructions:
        made, tensor = run_instruction(program, instruction, values), instruction.output
        values[tensor] = theirs.get(tensor, made)
        distance = np.abs(made.astype(np.int64) - values[tensor])
        assert distance.max() <= 1, f"{instruction.layer}"
        different += int((distance > 0).sum())
        compared += distance.size if tensor in theirs else 0
    assert compared > 50_000
    allowed = next((share for kind, share in SHARE.items() if kind in name), 2e-5)
    assert different <= allowed * compared
