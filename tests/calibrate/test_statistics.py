"""Statistics of a run agree with NumPy on all values at once, and cost no memory per sample."""

import dataclasses
import tracemalloc

import numpy as np
import pytest

from tinyml_studio.calibrate import statistics
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.calibrate.statistics import collect, stats_of
from tinyml_studio.errors import Cancelled, DataError


def samples_of(count, seed=0):
    values = np.random.default_rng(seed).normal(size=(count, 2, 6, 6))
    return Samples.of([values.astype(np.float32)])


def test_statistics_are_those_of_all_values(small_graph):
    samples = samples_of(150)
    stats = collect(small_graph, samples)
    values = FloatRunner(small_graph).run(samples.arrays)
    assert list(stats) == list(values)
    for tensor, value in values.items():
        found, exact = stats[tensor], value.astype(np.float64)
        axes = tuple(range(value.ndim - 1))
        near = {"rtol": 1e-5, "atol": 1e-6}
        assert found.count == found.histogram.total == value.size
        np.testing.assert_allclose(found.min, value.min(), **near)
        np.testing.assert_allclose(found.max, value.max(), **near)
        np.testing.assert_allclose(found.mean, exact.mean(), **near)
        np.testing.assert_allclose(found.mean_square, np.square(exact).mean(), **near)
        np.testing.assert_allclose(found.channel_min, value.min(axis=axes), **near)
        np.testing.assert_allclose(found.channel_max, value.max(axis=axes), **near)
        np.testing.assert_allclose(found.channel_mean, exact.mean(axis=axes), **near)
        assert found.histogram.edges[0] <= found.min
        assert found.max < found.histogram.edges[-1]


def test_the_input_does_not_depend_on_the_batch_size(small_graph, monkeypatch):
    samples = samples_of(70)
    whole = collect(small_graph, samples)["x"]
    monkeypatch.setattr(statistics, "LARGEST_BATCH", 3)
    parts = collect(small_graph, samples)["x"]
    np.testing.assert_array_equal(whole.histogram.counts, parts.histogram.counts)
    np.testing.assert_array_equal(whole.histogram.edges, parts.histogram.edges)
    np.testing.assert_array_equal(whole.channel_min, parts.channel_min)
    assert whole.mean == pytest.approx(parts.mean, rel=1e-12)


def test_statistics_at_hand_equal_collected_ones(small_graph):
    samples = samples_of(40)
    collected = collect(small_graph, samples)["x"]
    direct = stats_of(samples.arrays[0].transpose(0, 2, 3, 1))
    for field in dataclasses.fields(collected):
        if field.name != "histogram":
            np.testing.assert_allclose(
                getattr(direct, field.name), getattr(collected, field.name), rtol=1e-12
            )
    np.testing.assert_array_equal(direct.histogram.counts, collected.histogram.counts)


def test_an_overflow_names_the_layer_and_the_sample(small_graph):
    values = np.ones((90, 2, 6, 6), np.float32)
    values[77] = 3e38
    with pytest.raises(DataError, match=r"Sample 77 .*layer 'conv'"):
        collect(small_graph, Samples.of([values]))


def test_no_samples_are_refused(small_graph):
    with pytest.raises(DataError, match="no samples"):
        collect(small_graph, samples_of(3).take(0))


def test_progress_is_told_and_may_cancel(small_graph):
    told = []
    collect(small_graph, samples_of(130), progress=lambda *step: told.append(step))
    assert told[0] == (0, 130, "Calibrating")
    assert told[-1] == (130, 130, "Calibrating")

    def cancel(done, total, what):
        raise Cancelled

    with pytest.raises(Cancelled):
        collect(small_graph, samples_of(130), progress=cancel)


def peak_memory(graph, count):
    one = samples_of(1).arrays[0]
    samples = Samples.of([np.broadcast_to(one, (count, *one.shape[1:]))])
    tracemalloc.start()
    collect(graph, samples)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_samples(small_graph):
    peak_memory(small_graph, 100)  # first use of caches
    bytes_per_sample = 50
    limit = peak_memory(small_graph, 100) + 10_000 * bytes_per_sample
    assert peak_memory(small_graph, 10_000) < limit
