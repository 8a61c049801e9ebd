"""Small networks of one layer, lowered and run by the plain-Python model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.reference.model import run_reference
from tinyml_studio.arith.profile import TFLM
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.calibrate.internal import with_internal
from tinyml_studio.calibrate.statistics import stats_of
from tinyml_studio.ir.build import build_graph
from tinyml_studio.ir.graph import Node, Port
from tinyml_studio.ir.ops import NO_CLAMP, Conv, ConvTranspose, Split
from tinyml_studio.lower.lower import lower
from tinyml_studio.quantize.scheme import LayerScheme, Scheme

RNG = np.random.default_rng(11)


def floats(*shape, scale=1.0):
    return (RNG.normal(size=shape) * scale).astype(np.float32)


def conv(out, kernel, into, *, groups=1, strides=None, pads=None, dilations=None, clamp=NO_CLAMP):
    axes = len(kernel)
    return Conv(
        weight=floats(out, *kernel, into // groups),
        bias=floats(out),
        strides=strides or (1,) * axes,
        pads=pads or ((0, 0),) * axes,
        dilations=dilations or (1,) * axes,
        groups=groups,
        clamp=clamp,
    )


def conv_transpose(out, kernel, into, *, groups=1, strides=None, pads=None, clamp=NO_CLAMP):
    axes = len(kernel)
    return ConvTranspose(
        weight=floats(out, *kernel, into // groups),
        bias=floats(out),
        strides=strides or (1,) * axes,
        pads=pads or ((0, 0),) * axes,
        dilations=(1,) * axes,
        groups=groups,
        clamp=clamp,
    )


@dataclass
class Network:
    """A graph with values to calibrate with, and statistics of them."""

    graph: object
    batch: tuple
    stats: dict

    def lower(self, default="w8a8", *, method=None, ranges=None, percentile=99.99, **layers):
        """Lower with widths by layer name; `cache` and `arithmetic` as for `lower`."""
        cache, arithmetic = layers.pop("cache", None), layers.pop("arithmetic", TFLM)
        base = LayerScheme() if method is None else LayerScheme(range_method=method)
        scheme = Scheme(
            default=base.with_bits(default),
            layers={name: base.with_bits(default).with_bits(t) for name, t in layers.items()},
            ranges=ranges or {},
            percentile=percentile,
        )
        return lower(self.graph, self.stats, scheme, arithmetic, cache=cache)

    def sqnr(self, program):
        """Signal to noise in dB of each output, for inputs that lie on their grid."""
        grids = [program.tensors[port.tensor] for port in self.graph.inputs]
        integers = [on_grid(values, grid) for values, grid in zip(self.batch, grids, strict=True)]
        exact = [real(values, grid) for values, grid in zip(integers, grids, strict=True)]
        wanted = FloatRunner(self.graph).outputs(exact)
        found = run(program, integers)
        return [
            decibels(want, real(found[name], program.tensors[name]))
            for want, name in zip(wanted, program.outputs, strict=True)
        ]


def network(nodes, shapes, *, constants=None, outputs=("y",), count=4, scale=1.0):
    """A network with inputs x0, x1, ... of the given shapes; `nodes` are Node arguments."""
    inputs = [
        Port(f"in{i}", f"x{i}", shape, tuple(range(len(shape)))) for i, shape in enumerate(shapes)
    ]
    graph_nodes = [Node(*node) for node in nodes]
    made = build_graph(
        name="net",
        inputs=inputs,
        outputs=[],
        nodes=graph_nodes,
        constants=constants or {},
    )
    ports = [
        Port(name, name, made.shapes[name], tuple(range(len(made.shapes[name]))))
        for name in outputs
    ]
    graph = build_graph(
        name="net", inputs=inputs, outputs=ports, nodes=graph_nodes, constants=constants or {}
    )
    batch = tuple(floats(count, *shape, scale=scale) for shape in shapes)
    values = FloatRunner(graph).run(batch, [*graph.producers, *(port.tensor for port in inputs)])
    stats = {
        name: stats_of(found.reshape(*found.shape, 1) if found.ndim == 1 else found)
        for name, found in with_internal(graph, values).items()
    }
    return Network(graph, batch, stats)


def one_layer(op, *shapes, constants=None, scale=1.0):
    """A network of one layer, named "layer"; constants are operands behind the inputs."""
    operands = (*(f"x{i}" for i in range(len(shapes))), *(constants or {}))
    outputs = tuple(f"y{i}" for i in range(len(op.sizes))) if isinstance(op, Split) else ("y",)
    return network(
        [("layer", op, operands, outputs)],
        shapes,
        constants=constants,
        outputs=outputs,
        scale=scale,
    )


def run(program, integers):
    """All tensors of a program, each instruction computed by the plain-Python model."""
    values = dict(zip(program.inputs, integers, strict=True))
    for item in program.instructions:
        values[item.output] = run_reference(program, item, values)
    return values


def on_grid(values, tensor):
    """Nearest integers of a tensor's grid."""
    steps = np.rint(values / tensor.scale) + tensor.zero_point
    return np.clip(steps, tensor.type.min, tensor.type.max).astype(tensor.type.carrier)


def real(integers, tensor):
    """Float32 values of integers."""
    return ((integers.astype(np.float64) - tensor.zero_point) * tensor.scale).astype(np.float32)


def decibels(wanted, found):
    """Signal to quantization noise ratio."""
    noise = np.mean((wanted.astype(np.float64) - found) ** 2)
    signal = np.mean(wanted.astype(np.float64) ** 2)
    return 10 * np.log10(max(signal, 1e-30) / max(noise, 1e-30))
