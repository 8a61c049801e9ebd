"""Networks in the style of well-known ones, small, with random weights, as ONNX files."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import onnx

from tests.formats.files import File


class Network(File):
    """Draws a network; weights keep the spread of the values about the same."""

    def __init__(self, seed, *shape, **options):
        super().__init__(*shape, **options)
        self.rng = np.random.default_rng(seed)

    def normal(self, *shape, spread=1.0):
        return self.rng.normal(0, spread, shape).astype(np.float32)

    def ints(self, *values):
        return np.array(values, np.int64)

    def conv(self, x, inputs, outputs, *kernel, bias=True, **attributes):
        fan_in = inputs // attributes.get("group", 1) * math.prod(kernel)
        weights = self.normal(
            outputs, inputs // attributes.get("group", 1), *kernel, spread=(2 / fan_in) ** 0.5
        )
        extra = [self.normal(outputs, spread=0.2)] if bias else []
        return self.add("Conv", x, weights, *extra, kernel_shape=list(kernel), **attributes)

    def norm(self, x, channels):
        scale = self.rng.uniform(0.5, 1.5, channels).astype(np.float32)
        variance = self.rng.uniform(0.5, 2, channels).astype(np.float32)
        shift, mean = self.normal(channels, spread=0.3), self.normal(channels, spread=0.3)
        return self.add("BatchNormalization", x, scale, shift, mean, variance)

    def dense(self, x, inputs, outputs):
        weights = self.normal(outputs, inputs, spread=(2 / inputs) ** 0.5)
        return self.add("Gemm", x, weights, self.normal(outputs, spread=0.2), transB=1)

    def relu(self, x):
        return self.add("Relu", x)

    def relu6(self, x):
        return self.add("Clip", x, np.float32(0), np.float32(6))

    def head(self, x, channels, classes=4):
        pooled = self.add("Flatten", self.add("GlobalAveragePool", x))
        return self.dense(pooled, channels, classes)


def mobilenet(seed) -> onnx.ModelProto:
    """As converted from TensorFlow: channels last, uneven padding, ReLU6, softmax."""
    net = Network(seed, 17, 16, 3)
    x = net.add("Transpose", net.x, perm=[0, 3, 1, 2])
    x = net.relu6(net.conv(x, 3, 8, 3, 3, strides=[2, 2], pads=[0, 0, 1, 1]))
    x = net.relu6(net.conv(x, 8, 8, 3, 3, group=8, pads=[1, 1, 1, 1]))
    x = net.relu6(net.conv(x, 8, 16, 1, 1))
    x = net.relu6(net.conv(x, 16, 16, 3, 3, group=16, strides=[2, 2], pads=[0, 0, 1, 1]))
    hidden = net.relu6(net.conv(x, 16, 32, 1, 1))
    hidden = net.relu6(net.conv(hidden, 32, 32, 3, 3, group=32, pads=[1, 1, 1, 1]))
    x = net.add("Add", x, net.conv(hidden, 32, 16, 1, 1))
    x = net.add("ReduceMean", x, axes=[2, 3], keepdims=0)
    return net.proto(net.add("Softmax", net.dense(x, 16, 5), axis=-1))


def squeeze_excite(seed) -> onnx.ModelProto:
    """Hard swish, and channels weighted by a hard sigmoid of their means."""
    net = Network(seed, 3, 10, 10)
    x = net.add("HardSwish", net.conv(net.x, 3, 16, 3, 3, strides=[2, 2], pads=[1, 1, 1, 1]))
    gate = net.relu(net.conv(net.add("GlobalAveragePool", x), 16, 4, 1, 1))
    gate = net.add("HardSigmoid", net.conv(gate, 4, 16, 1, 1), alpha=1 / 6, beta=0.5)
    x = net.add("Mul", x, gate)
    wide = net.conv(x, 16, 16, 5, 5, group=16, pads=[2, 2, 2, 2])
    x = net.add("Mul", wide, net.add("Sigmoid", wide))
    return net.proto(net.head(x, 16))


def preactivation(seed) -> onnx.ModelProto:
    """Normalization before convolutions and behind an activation, dense connections."""
    net = Network(seed, 2, 9, 9)
    x = net.conv(net.norm(net.x, 2), 2, 8, 3, 3, bias=False)
    made = net.conv(net.relu(net.norm(x, 8)), 8, 8, 3, 3, pads=[1, 1, 1, 1], bias=False)
    x = net.add("Add", made, x)
    x = net.add("Concat", x, net.conv(net.relu(net.norm(x, 8)), 8, 4, 1, 1), axis=1)
    x = net.norm(net.relu(net.norm(x, 12)), 12)
    return net.proto(net.head(net.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2]), 12))


def inception(seed) -> onnx.ModelProto:
    """Branches joined, pools that overlap, are padded and round up."""
    net = Network(seed, 3, 11, 12, opset=19)
    x = net.relu(net.conv(net.x, 3, 8, 3, 3, auto_pad="SAME_UPPER", strides=[2, 1]))
    same = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
    counted = net.add("AveragePool", x, count_include_pad=1, **same)
    branches = [
        net.relu(net.conv(x, 8, 4, 1, 1)),
        net.relu(net.conv(x, 8, 4, 5, 5, pads=[2, 2, 2, 2])),
        net.relu(net.conv(net.add("MaxPool", x, **same), 8, 4, 1, 1)),
        net.relu(net.conv(counted, 8, 4, 1, 1)),
    ]
    x = net.add("Concat", *branches, axis=1)
    x = net.add("AveragePool", x, ceil_mode=1, strides=[2, 2], **same)
    x = net.add("MaxPool", x, ceil_mode=1, kernel_shape=[2, 2], strides=[2, 2])
    return net.proto(net.head(x, 16))


def shuffle(seed) -> onnx.ModelProto:
    """Groups, dilation, and channels that change places."""
    net = Network(seed, 4, 8, 8, opset=13)
    x = net.relu(net.conv(net.x, 4, 12, 1, 1, group=2))
    x = net.add("Reshape", x, net.ints(0, 3, 4, 8, 8))
    x = net.add("Transpose", x, perm=[0, 2, 1, 3, 4])
    x = net.add("Reshape", x, net.ints(0, 12, 8, 8))
    x = net.relu(net.conv(x, 12, 12, 3, 3, group=3, dilations=[2, 2], pads=[2, 2, 2, 2]))
    x = net.conv(x, 12, 24, 3, 3, group=12, strides=[2, 2])
    return net.proto(net.head(x, 24))


def causal(seed) -> onnx.ModelProto:
    """One-dimensional, padded on the left only, with growing dilation."""
    net = Network(seed, 5, 30)
    x = net.conv(net.x, 5, 8, 1)
    for step in (1, 2, 4):
        padded = net.add("Pad", x, net.ints(0, 0, 2 * step, 0, 0, 0))
        x = net.add("Add", x, net.relu(net.norm(net.conv(padded, 8, 8, 3, dilations=[step]), 8)))
    x = net.add("MaxPool", x, kernel_shape=[3], strides=[2])
    return net.proto(net.dense(net.add("ReduceMean", x, axes=[-1], keepdims=0), 8, 3))


def autoencoder(seed) -> onnx.ModelProto:
    """Dense layers with normalization, drawn as products and sums, through a narrow place."""
    net = Network(seed, 96, opset=11)
    x, sizes = net.x, (96, 32, 4, 32, 96)
    for before, after in pairwise(sizes):
        product = net.add("MatMul", x, net.normal(before, after, spread=(2 / before) ** 0.5))
        x = net.add("Add", product, net.normal(after, spread=0.2))
        x = net.relu(net.norm(x, after)) if after != sizes[-1] else x
    return net.proto(x)


def gates(seed) -> onnx.ModelProto:
    """Gated convolutions, slices, and a softmax that weighs time steps."""
    net = Network(seed, 4, 20)
    value, gate = net.add("Split", net.conv(net.x, 4, 12, 3), outputs=2, axis=1)
    x = net.add("Mul", value, net.add("Sigmoid", gate))
    x = net.add("Slice", x, net.ints(1), net.ints(17), net.ints(2), net.ints(2))
    x = net.add("Transpose", net.add("Tanh", x), perm=[0, 2, 1])
    weight = net.add("MatMul", x, net.normal(6, 6))
    x = net.add("Mul", net.add("Softmax", weight, axis=-1), x)
    return net.proto(net.dense(net.add("ReduceMean", x, axes=[1], keepdims=0), 6, 3))


def several_ports(seed) -> onnx.ModelProto:
    """Two inputs, two outputs, a difference, a constant factor and a leaky activation."""
    net = Network(seed, 2, 6, 6)
    other = net.input(2, 6, 6)
    left, right = (net.conv(x, 2, 6, 3, 3, pads=[1, 1, 1, 1]) for x in (net.x, other))
    x = net.add("LeakyRelu", net.add("Sub", left, right), alpha=0.2)
    x = net.add("Mul", x, net.normal(6, 1, 1))
    return net.proto(net.head(x, 6), net.add("Sigmoid", net.conv(x, 6, 1, 1, 1)))


def degenerate(seed) -> onnx.ModelProto:
    """Dead and tiny channels, huge weights, a layer of zeros."""
    net = Network(seed, 3, 7, 7)
    weights = net.normal(6, 3, 3, 3)
    weights[0], weights[1], weights[2] = 0, weights[1] * 1e-12, weights[2] * 1e4
    shift = np.array([0, 0.5, 0, -1, 0, 0], np.float32)
    x = net.relu(net.add("Conv", net.x, weights, shift))
    zero = net.add("Conv", x, np.zeros((6, 6, 1, 1), np.float32), np.zeros(6, np.float32))
    return net.proto(net.head(net.add("Add", x, net.relu(zero)), 6, 1))


def lenet(seed) -> onnx.ModelProto:
    """An old file: opset 7, one sample at a time, shapes written out."""
    net = Network(seed, 1, 14, 14, opset=7, batch=1)
    x = net.add("Tanh", net.conv(net.x, 1, 4, 5, 5))
    x = net.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = net.relu(net.conv(x, 4, 6, 3, 3, auto_pad="VALID"))
    x = net.add("Reshape", x, net.ints(1, -1))
    return net.proto(net.dense(net.relu(net.dense(x, 54, 16)), 16, 3))


def mobilenet_v3(seed) -> onnx.ModelProto:
    """Squeeze and excite, hard swish as an operator and written out as relu6(x + 3) / 6 * x."""
    net = Network(seed, 3, 12, 12)
    x = net.norm(net.conv(net.x, 3, 8, 3, 3, strides=[2, 2], pads=[1] * 4, bias=False), 8)
    x = net.add("HardSwish", x)
    wide = net.conv(x, 8, 16, 1, 1)
    gate = net.relu6(net.add("Add", wide, np.float32(3)))
    wide = net.add("Mul", wide, net.add("Div", gate, np.float32(6)))
    wide = net.conv(wide, 16, 16, 3, 3, pads=[1] * 4, group=16)
    small = net.relu(net.conv(net.add("GlobalAveragePool", wide), 16, 4, 1, 1))
    share = net.add("HardSigmoid", net.conv(small, 4, 16, 1, 1), alpha=1 / 6, beta=0.5)
    x = net.add("Add", x, net.conv(net.add("Mul", wide, share), 16, 8, 1, 1))
    return net.proto(net.head(net.add("HardSwish", x), 8))


def unet(seed) -> onnx.ModelProto:
    """Down and up again: transposed convolution, both kinds of resizing, concatenation."""
    net = Network(seed, 2, 8, 12)
    top = net.relu(net.conv(net.x, 2, 4, 3, 3, pads=[1] * 4))
    middle = net.relu(net.conv(net.add("MaxPool", top, kernel_shape=[2, 2], strides=[2, 2]),
                               4, 6, 3, 3, pads=[1] * 4))  # fmt: skip
    low = net.relu(net.conv(net.add("MaxPool", middle, kernel_shape=[2, 2], strides=[2, 2]),
                            6, 6, 1, 1))  # fmt: skip
    kernel = net.normal(6, 6, 2, 2, spread=0.4)
    up = net.add("ConvTranspose", low, kernel, net.normal(6, spread=0.2), strides=[2, 2])
    scales = np.float32([1, 1, 2, 2])
    floor = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    nearest = net.add("Resize", low, "", scales, mode="nearest", **floor)
    joined = net.add("Concat", up, nearest, middle, axis=1)
    joined = net.relu(net.conv(joined, 18, 4, 3, 3, pads=[1] * 4))
    linear = net.add("Resize", joined, "", scales, mode="linear",
                     coordinate_transformation_mode="half_pixel")  # fmt: skip
    made = net.conv(net.add("Concat", linear, top, axis=1), 8, 3, 1, 1)
    return net.proto(made)


def vision_transformer(seed) -> onnx.ModelProto:
    """A convolution, then attention of two heads whose parts come from one product, and Gelu."""
    net = Network(seed, 3, 8, 8)
    x = net.conv(net.x, 3, 12, 2, 2, strides=[2, 2])
    x = net.add("Mul", x, net.add("Sigmoid", x))
    tokens = net.add("Transpose", net.add("Reshape", x, net.ints(0, 12, 16)), perm=[0, 2, 1])
    scale, shift = net.normal(12, spread=0.2) + 1, net.normal(12, spread=0.2)
    normal = net.add("LayerNormalization", tokens, scale, shift, axis=-1)
    parts = net.add("MatMul", normal, net.normal(12, 36, spread=0.3))
    parts = net.add("Reshape", parts, net.ints(0, 16, 3, 2, 6))
    parts = net.add("Split", net.add("Transpose", parts, perm=[2, 0, 3, 1, 4]), axis=0, outputs=3)
    q, k, v = (net.add("Squeeze", part, net.ints(0)) for part in parts)
    scores = net.add("MatMul", q, net.add("Transpose", k, perm=[0, 1, 3, 2]))
    scores = net.add("Softmax", net.add("Mul", scores, np.float32(0.4)), axis=-1)
    mixed = net.add("Transpose", net.add("MatMul", scores, v), perm=[0, 2, 1, 3])
    mixed = net.add("Reshape", mixed, net.ints(0, 16, 12))
    tokens = net.add("Add", tokens, net.add("MatMul", mixed, net.normal(12, 12, spread=0.3)))
    wide = net.add("MatMul", tokens, net.normal(12, 16, spread=0.3))
    erf = net.add("Erf", net.add("Div", wide, np.float32(math.sqrt(2))))
    wide = net.add("Mul", wide, net.add("Add", erf, np.float32(1)))
    wide = net.add("Mul", wide, np.float32(0.5))
    tokens = net.add("Add", tokens, net.add("MatMul", wide, net.normal(16, 12, spread=0.3)))
    pooled = net.add("ReduceMean", tokens, axes=[1], keepdims=0)
    return net.proto(net.dense(pooled, 12, 5))


def slopes(seed) -> onnx.ModelProto:
    """A dilated network over time: padding in front, a slope per channel, the larger of two."""
    net = Network(seed, 3, 20)
    x = net.conv(net.x, 3, 6, 1)
    for dilation in (1, 2, 4):
        padded = net.add("Pad", x, net.ints(0, 0, 2 * dilation, 0, 0, 0))
        y = net.conv(padded, 6, 6, 3, dilations=[dilation])
        slope = net.rng.uniform(0.05, 0.5, (6, 1)).astype(np.float32)
        x = net.add("Add", x, net.add("PRelu", y, slope))
    other = net.add("Elu", net.conv(net.x, 3, 6, 1))
    x = net.add("Min", net.add("Max", x, other), net.normal(6, 1) + 2)
    return net.proto(net.dense(net.add("ReduceMax", x, axes=[2], keepdims=0), 6, 3))


NETWORKS: dict[str, Callable[[int], onnx.ModelProto]] = {
    make.__name__: make
    for make in (
        mobilenet, squeeze_excite, preactivation, inception, shuffle, causal, autoencoder, gates,
        several_ports, degenerate, lenet, mobilenet_v3, unet, vision_transformer, slopes,
    )
}  # fmt: skip
