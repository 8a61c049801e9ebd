"""Histograms of a layer with very many weights are made in a thread, and only the latest count."""

import threading

import numpy as np
import pytest

from tinyml_studio.gui.panes import distributions
from tinyml_studio.gui.states.distribution import bin_values


@pytest.fixture
def threads(monkeypatch):
    """Where histograms were made, and of which layers."""
    found = []
    real = distributions.distribution_state

    def made(rows, graph, values, selected, **rest):
        found.append((selected, threading.current_thread() is threading.main_thread()))
        return real(rows, graph, values, selected, **rest)

    monkeypatch.setattr(distributions, "distribution_state", made)
    return found


def test_a_heavy_layer_is_counted_beside_the_window(person, window, threads, monkeypatch):
    monkeypatch.setattr(distributions, "MOST_WEIGHTS", 10)
    person.open_example()
    told = []
    window.board["distributions"].ready.connect(lambda state: told.append(state.name))
    threads.clear()
    layers = [row.name for row in window.workspace.studio.layers if row.weight_bits][:3]
    for layer in layers:
        window.desk.select(layer)
    person.wait()
    assert threads[-1] == (layers[-1], False)
    assert (layers[-1], True) not in threads
    shown = window.board["distributions"].view
    assert shown.weights.plot is not None
    assert len(told) <= len(layers)
    assert told[-1] == told[-1].strip() != ""


def test_a_usual_layer_is_counted_at_once(person, window, threads):
    person.open_example()
    assert threads
    assert all(is_main for _, is_main in threads)


LARGEST = float(np.finfo(np.float32).max)


@pytest.mark.parametrize("largest", [1.0, 1e29, 2e30, LARGEST])
def test_bins_of_float32_do_not_depend_on_the_magnitude(largest):
    values = np.linspace(-1, 1, 4001, dtype=np.float32)
    _, expected = bin_values(values)
    edges, counts = bin_values(values * np.float32(largest))
    assert counts.sum() == values.size
    assert np.abs(np.cumsum(counts) - np.cumsum(expected)).max() <= 1
    assert np.allclose(edges[[0, -1]], [-largest, largest])
