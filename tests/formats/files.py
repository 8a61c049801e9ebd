"""Small ONNX files made in a test, and the comparison of what we read with ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from tinyml_studio.formats.onnx_writer import write_onnx
from tinyml_studio.formats.reader import read_model
from tinyml_studio.ir.graph import Graph
from tinyml_studio.ir.ops import Opaque
from tinyml_studio.runtime.session import Session


class File:
    """Draws an ONNX file; arrays among the operands become initializers."""

    def __init__(self, *shape, opset=17, batch="N", element=TensorProto.FLOAT):
        self.opset, self.batch = opset, batch
        self.nodes, self.inputs, self.initializers, self.count = [], [], [], 0
        self.x = self.input(*shape, element=element)

    def input(self, *shape, element=TensorProto.FLOAT):
        name = f"x{len(self.inputs)}"
        dims = [self.batch, *shape]
        self.inputs.append(helper.make_tensor_value_info(name, element, dims))
        return name

    def constant(self, value):
        name = self._name("c")
        self.initializers.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, op, *operands, outputs=1, domain="", **attributes):
        names = [self._name("t") for _ in range(outputs)]
        inputs = [o if isinstance(o, str) else self.constant(o) for o in operands]
        node = helper.make_node(op, inputs, names, domain=domain, **attributes)
        self.nodes.append(node)
        return names[0] if outputs == 1 else names

    def proto(self, *outputs):
        ports = [helper.make_tensor_value_info(o, TensorProto.FLOAT, None) for o in outputs]
        graph = helper.make_graph(self.nodes, "file", self.inputs, ports, self.initializers)
        opsets = [helper.make_opsetid("", self.opset)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)

    def _name(self, letter):
        self.count += 1
        return f"{letter}{self.count}"


def read(proto, folder: Path) -> Graph:
    """Read a model through a file."""
    path = folder / "model.onnx"
    path.write_bytes(proto if isinstance(proto, bytes) else proto.SerializeToString())
    return read_model(path)


def opaque_reasons(graph: Graph) -> list[str]:
    """Why nodes are not understood."""
    return [node.op.reason for node in graph.nodes if isinstance(node.op, Opaque)]


def assert_agrees(proto, folder: Path, *, batch=3, tolerance=1e-4, low=-2.0, high=2.0) -> Graph:
    """Read, write again and run: the outputs are those of ONNX Runtime on the original."""
    graph = read(proto, folder)
    assert opaque_reasons(graph) == []
    data = proto if isinstance(proto, bytes) else proto.SerializeToString()
    assert_same_outputs(graph, data, batch=batch, tolerance=tolerance, low=low, high=high)
    return graph


def assert_same_outputs(graph, data, *, batch, tolerance, low=-2.0, high=2.0):
    """Run a graph and the file that it came from on the same random samples."""
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    original = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    first = original.get_inputs()[0].shape[0]
    count = first if isinstance(first, int) else batch
    random = np.random.default_rng(1)
    samples = [
        random.uniform(low, high, (count, *port.shape)).astype(np.float32) for port in graph.inputs
    ]
    feed = {
        info.name: sample.astype(_dtype(info.type))
        for info, sample in zip(original.get_inputs(), samples, strict=True)
    }
    rounded = [feed[port.name].astype(np.float32) for port in graph.inputs]
    wanted = original.run([port.name for port in graph.outputs], feed)
    session = Session(write_onnx(graph))
    found = session.run([p.to_graph(s) for p, s in zip(graph.inputs, rounded, strict=True)])
    for port, ours, theirs in zip(graph.outputs, found, wanted, strict=True):
        mine = port.to_model(ours)
        assert mine.shape == theirs.shape
        assert mine.shape == (count, *port.shape)
        np.testing.assert_allclose(mine, theirs.astype(np.float32), rtol=tolerance, atol=tolerance)


def _dtype(name):
    return {
        "tensor(float)": np.float32,
        "tensor(double)": np.float64,
        "tensor(float16)": np.float16,
        "tensor(uint8)": np.uint8,
        "tensor(int8)": np.int8,
        "tensor(int32)": np.int32,
    }[name]


def with_opset(proto: onnx.ModelProto, *versions: int) -> onnx.ModelProto:
    """The same model with other imports of the standard operators."""
    del proto.opset_import[:]
    proto.opset_import.extend(helper.make_opsetid("", version) for version in versions)
    return proto
