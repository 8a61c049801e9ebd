"""How long the integer network takes, in units of ONNX Runtime's float time: ``make bench``.

ResNet8 at w8a8, 64 CIFAR-10 images, one thread, one process. Float and integer runs alternate, so
that both meet the same machine; the ratio is that of their medians.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.calibrate.statistics import collect
from tinyml_studio.formats.reader import read_model
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.quantize.scheme import Scheme
from tinyml_studio.simulate.io import quantize_inputs
from tinyml_studio.simulate.run import run

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "models" / "ic"
BATCH = 64
ROUNDS = 25
LIMIT = 4.0


def seconds(call: Callable[[], object]) -> float:
    """Duration of one call."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def main() -> int:
    """Print both times and their ratio; 1 when the ratio is above the limit."""
    model = FOLDER / "resnet8_float.onnx"
    if not model.is_file():
        print("bench: the ResNet8 is not there, nothing measured")
        return 0
    graph = prepare(read_model(model))
    with np.load(FOLDER / "data" / "cifar10_lossless_149.npz") as data:
        batch = (data["x"][:BATCH].astype(np.float32),)
    program = lower(graph, collect(graph, Samples.of(list(batch))), Scheme())
    runner = FloatRunner(graph)
    inputs = quantize_inputs(program, graph, batch)
    first = seconds(lambda: run(program, inputs))
    floats, integers = [], []
    for _ in range(ROUNDS):
        floats.append(seconds(lambda: runner.outputs(batch)))
        integers.append(seconds(lambda: run(program, inputs)))
    ratio = median(integers) / median(floats)
    print(f"ResNet8 w8a8, {BATCH} samples, 1 thread, median of {ROUNDS} alternating runs")
    print(f"  float in ONNX Runtime  {median(floats) * 1e3:7.1f} ms")
    print(
        f"  integer simulation     {median(integers) * 1e3:7.1f} ms (first: {first * 1e3:.0f} ms)"
    )
    print(f"  ratio                  {ratio:7.2f}    (limit {LIMIT:g})")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
