"""How long the error analysis takes, in units of ONNX Runtime's float time: ``make bench``.

ResNet8 at w8a8, 64 CIFAR-10 images, one thread: isolated and cumulative error of every layer, the
simulation and the float values of all tensors included, and again after one layer in the middle
has changed. Float and error runs alternate; ratios are those of their medians.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median

import numpy as np

from tests.bench.bench_simulate import BATCH, FOLDER, seconds
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.calibrate.statistics import collect
from tinyml_studio.formats.reader import read_model
from tinyml_studio.lower.cache import LoweringCache
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.quantize.scheme import Scheme
from tinyml_studio.simulate.evaluate import evaluate_batch

ROUNDS = 9
LIMIT = 40.0
FLOAT, ERRORS, CHANGE = "float in ONNX Runtime", "both errors", "after one change"


def jobs() -> dict[str, Callable[[], object]]:
    """What is timed, by name; the first is the unit."""
    graph = prepare(read_model(FOLDER / "resnet8_float.onnx"))
    with np.load(FOLDER / "data" / "cifar10_lossless_149.npz") as data:
        batch = (data["x"][:BATCH].astype(np.float32),)
    stats, cache, scheme = collect(graph, Samples.of(list(batch))), LoweringCache(), Scheme()
    middle = graph.nodes[len(graph.nodes) // 2].name
    changed = scheme.with_layer(middle, scheme.default.with_bits("w4"))
    program, other = (lower(graph, stats, item, cache=cache) for item in (scheme, changed))
    runner = FloatRunner(graph)
    floats = runner.run(batch)
    before = evaluate_batch(graph, program, batch, floats)
    return {
        FLOAT: lambda: runner.outputs(batch),
        ERRORS: lambda: evaluate_batch(graph, program, batch, runner.run(batch)),
        CHANGE: lambda: evaluate_batch(graph, other, batch, floats, previous=before),
    }


def main() -> int:
    """Print the times and their ratios; 1 when the ratio is above the limit."""
    if not FOLDER.is_dir():
        print("bench: the ResNet8 is not there, nothing measured")
        return 0
    calls = jobs()
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            times[name].append(seconds(call))
    unit = median(times[FLOAT])
    print(f"ResNet8 w8a8, {BATCH} samples, 1 thread, median of {ROUNDS} alternating runs")
    for name, spent in times.items():
        print(f"  {name:22} {median(spent) * 1e3:7.1f} ms   ratio {median(spent) / unit:6.2f}")
    print(f"  limit of the ratio of both errors: {LIMIT:g}")
    return int(median(times[ERRORS]) / unit > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
