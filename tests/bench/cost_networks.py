"""Random networks whose layers are counted in the emulator, to fit and to judge predictions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tests.lower import networks
from tests.lower.networks import conv, floats, network
from tinyml_studio.ir import ops
from tinyml_studio.ir.ops import NO_CLAMP, Clamp, Dense
from tinyml_studio.program.program import Program

MAX_MACS = 250_000
_CHANNELS = (3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 96)
_WIDTHS = (8, 8, 8, 8, 4, 4, 4, 2, 1, 3, 6)
_RELU = Clamp(low=0.0)


@dataclass
class _Draft:
    """A network that grows layer by layer; every value in it has one shape ``(H, W, C)``."""

    draw: np.random.Generator
    shape: tuple[int, ...]
    nodes: list = field(default_factory=list)
    last: str = "x0"

    def add(self, op, *others: str, shape: tuple[int, ...] | None = None) -> str:
        """Append a layer that reads the last value, and others."""
        name = f"t{len(self.nodes)}"
        self.nodes.append((f"layer{len(self.nodes)}", op, (self.last, *others), (name,)))
        self.last, self.shape = name, shape or self.shape
        return name

    def pick(self, choices):
        """One of several."""
        return choices[int(self.draw.integers(len(choices)))]

    def clamp(self):
        """With or without Relu."""
        return self.pick((_RELU, _RELU, NO_CLAMP))


def random_program(seed: int) -> Program:
    """A lowered network of a dozen layers; the same seed gives the same one."""
    draw = networks.RNG = np.random.default_rng(seed)
    height, width = (int(size) for size in draw.integers(5, 22, 2))
    draft = _Draft(draw, (height, width, int(draw.choice((1, 3, 4, 8, 16)))))
    first = draft.shape
    for _ in range(int(draw.integers(7, 11))):
        draft.pick(_LAYERS)(draft)
    _head(draft)
    nodes = [*draft.nodes[:-1], (*draft.nodes[-1][:3], ("y",))]
    net = network(nodes, [first], count=2)
    activations = draft.pick((8, 8, 8, 8, 8, 16, 4))
    widths = draft.pick(((8,), (8,), (4,), _WIDTHS, _WIDTHS))
    layers = {
        node[0]: f"w{draft.pick(widths)}"
        for node in nodes
        if isinstance(node[1], ops.Conv | ops.Dense)
    }
    return net.lower(f"w8a{activations}", **layers)


def _out_channels(draft: _Draft, positions: int, per_channel: int) -> int:
    """A number of channels that keeps the layer within `MAX_MACS`."""
    most = max(1, MAX_MACS // max(1, positions * per_channel))
    fitting = [count for count in _CHANNELS if count <= most]
    return draft.pick(fitting) if fitting else 1


def _convolution(draft: _Draft) -> None:
    height, width, channels = draft.shape
    kernel = draft.pick(((3, 3), (3, 3), (1, 3), (5, 5), (2, 2)))
    stride = draft.pick((1, 1, 2)) if min(height, width) > 6 else 1
    pads = tuple((k // 2, (k - 1) // 2) for k in kernel)
    size = tuple((length - 1) // stride + 1 for length in (height, width))
    out = _out_channels(draft, size[0] * size[1], kernel[0] * kernel[1] * channels)
    op = conv(out, kernel, channels, strides=(stride,) * 2, pads=pads, clamp=draft.clamp())
    draft.add(op, shape=(*size, out))


def _pointwise(draft: _Draft) -> None:
    height, width, channels = draft.shape
    out = _out_channels(draft, height * width, channels)
    draft.add(conv(out, (1, 1), channels, clamp=draft.clamp()), shape=(height, width, out))


def _depthwise(draft: _Draft) -> None:
    height, width, channels = draft.shape
    kernel = draft.pick(((3, 3), (3, 3), (5, 5), (3, 1)))
    stride = draft.pick((1, 1, 2)) if min(height, width) > 6 else 1
    pads = tuple((k // 2, (k - 1) // 2) for k in kernel)
    size = tuple((length - 1) // stride + 1 for length in (height, width))
    op = conv(
        channels, kernel, channels,
        groups=channels, strides=(stride,) * 2, pads=pads, clamp=draft.clamp(),
    )  # fmt: skip
    draft.add(op, shape=(*size, channels))


def _residual(draft: _Draft) -> None:
    start, shape = draft.last, draft.shape
    height, width, channels = shape
    if height * width * channels * channels > MAX_MACS:
        return
    draft.add(conv(channels, (1, 1), channels, clamp=draft.clamp()))
    draft.add(ops.Add(clamp=draft.clamp()), start)


def _pool(draft: _Draft) -> None:
    height, width, channels = draft.shape
    if min(height, width) < 4:
        return
    kind = draft.pick((ops.MaxPool, ops.AveragePool))
    draft.add(
        kind(kernel=(2, 2), strides=(2, 2), pads=((0, 0), (0, 0))),
        shape=(height // 2, width // 2, channels),
    )


def _function(draft: _Draft) -> None:
    kinds = (ops.HardSwish(), ops.Sigmoid(), ops.Tanh(), ops.LeakyRelu(0.1))
    draft.add(draft.pick(kinds))


def _join(draft: _Draft) -> None:
    start, (height, width, channels) = draft.last, draft.shape
    if channels > 32:
        return
    out = _out_channels(draft, height * width, channels)
    draft.add(conv(out, (1, 1), channels), shape=(height, width, out))
    draft.add(ops.Concat(2), start, shape=(height, width, out + channels))


def _gate(draft: _Draft) -> None:
    start, shape = draft.last, draft.shape
    channels = shape[-1]
    draft.add(ops.Mean((0, 1), keepdims=True), shape=(1, 1, channels))
    draft.add(conv(channels, (1, 1), channels), shape=(1, 1, channels))
    draft.add(ops.Sigmoid())
    draft.add(ops.Mul(), start, shape=shape)


_LAYERS = (
    _convolution, _convolution, _pointwise, _pointwise, _pointwise, _depthwise, _depthwise,
    _residual, _residual, _pool, _function, _join, _gate,
)  # fmt: skip


def _head(draft: _Draft) -> None:
    """Mean, two dense layers, softmax."""
    channels = draft.shape[-1]
    draft.add(ops.Mean((0, 1), keepdims=False), shape=(channels,))
    hidden, classes = draft.pick((16, 30, 64)), draft.pick((2, 10, 12))
    draft.add(Dense(floats(hidden, channels), floats(hidden), clamp=_RELU), shape=(hidden,))
    draft.add(Dense(floats(classes, hidden), floats(classes)), shape=(classes,))
    draft.add(ops.Softmax(0))
