"""Small quantized ONNX files made in a test."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.formats.files import File

KINDS = {
    "int8": TensorProto.INT8,
    "uint8": TensorProto.UINT8,
    "int16": TensorProto.INT16,
    "uint16": TensorProto.UINT16,
    "int4": TensorProto.INT4,
    "uint4": TensorProto.UINT4,
    "int32": TensorProto.INT32,
}
DOMAINS = {
    "com.microsoft": 1,
    "qonnx.custom_op.general": 1,
    "onnx.brevitas": 1,
}
WEIGHT = np.random.default_rng(7).integers(-127, 128, (4, 3, 3, 3)).astype(np.int8)
BIAS = np.array([100, -200, 0, 7], np.int32)


class QuantizedFile(File):
    """A file with pairs of QuantizeLinear and DequantizeLinear."""

    domain = ""

    def zero(self, value, kind):
        """A zero point; None where there is none."""
        return "" if value is None else self.typed(value, kind)

    def typed(self, value, kind):
        """A constant of any integer type."""
        array, name = np.asarray(value), self._name("c")
        if kind in ("int4", "uint4"):
            tensor = helper.make_tensor(name, KINDS[kind], array.shape, array.reshape(-1).tolist())
        else:
            tensor = numpy_helper.from_array(array.astype(kind), name)
        self.initializers.append(tensor)
        return name

    def quantize(self, x, scale, zero=0, kind="int8", **attributes):
        operands = [x, np.asarray(scale, np.float32), self.zero(zero, kind)]
        return self.add("QuantizeLinear", *operands, domain=self.domain, **attributes)

    def dequantize(self, q, scale, zero=0, kind="int8", **attributes):
        operands = [q, np.asarray(scale, np.float32), self.zero(zero, kind)]
        operands = operands if operands[2] else operands[:2]
        return self.add("DequantizeLinear", *operands, domain=self.domain, **attributes)

    def pair(self, x, scale, zero=0, kind="int8"):
        return self.dequantize(self.quantize(x, scale, zero, kind), scale, zero, kind)

    def weights(self, integers, scale, zero=0, kind="int8", **attributes):
        return self.dequantize(self.typed(integers, kind), scale, zero, kind, **attributes)

    def conv(self, x, scale, *, weight_scale=0.01, name="conv", **attributes):
        """A convolution of 3 to 4 channels over an input on a grid, with its int32 bias."""
        weight = self.weights(WEIGHT, weight_scale)
        product = np.float32(scale) * np.float32(weight_scale)
        bias = self.weights(BIAS, product, kind="int32")
        return self.add("Conv", x, weight, bias, name=name, **attributes)

    def proto(self, *outputs, element=TensorProto.FLOAT):
        model = super().proto(*outputs)
        for domain, version in DOMAINS.items():
            model.opset_import.append(helper.make_opsetid(domain, version))
        for port in model.graph.output:
            port.type.tensor_type.elem_type = element
        return model
