"""A small network with a branch, a pool, a split and a head, in floats and in integers."""

import numpy as np

from tests.passes.sketch import Sketch
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.calibrate.statistics import collect
from tinyml_studio.ir import ops
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.quantize.scheme import Scheme

CLASSES = 3


def graph():
    s = Sketch(seed=3)
    x = s.relu(s.conv(s.input(2, 6, 5), 4))
    x = s.max_pool(s.relu(s.node(ops.Add(), x, s.conv(x, 4, groups=4))))
    a, b = s.node(ops.Split(0, (1, 3)), x)
    x = s.node(ops.Concat(0), s.node(ops.Sigmoid(), b), a)
    return prepare(s.graph(s.node(ops.Softmax(0), s.dense(s.flatten(x), CLASSES))))


def values(count, *, seed=0):
    return np.random.default_rng(seed).normal(size=(count, 2, 6, 5)).astype(np.float32)


def program(network, scheme=None):
    return lower(network, collect(network, Samples.of([values(40)])), scheme or Scheme())
