"""The window answers whatever runs: its thread never computes long at one thing."""

from __future__ import annotations

import pytest

from tests.gui import latency
from tinyml_studio.app.examples import find_example
from tinyml_studio.gui.collector import Collector
from tinyml_studio.gui.qt_jobs import Lane

OWN_SECONDS = 0.15
"""Three times what `make bench` holds on a quiet machine: a slow core must not fail the test."""
LAYERS, BRANCHES = 20_000, 5_000
"""Of the longest networks; `make bench` also calibrates, exports and evaluates them to the end."""
BEGUN_MS = 3000
LONG = {latency.chain: 700, latency.fan_out: 520}


@pytest.fixture
def probe(qtbot):
    made = latency.Probe()
    yield made
    made.stop()
    made.deleteLater()


@pytest.fixture
def collector(window):
    made = Collector(window)
    made.start()
    yield made
    made.stop()


def within(probe, limit=OWN_SECONDS):
    """Every phase kept the limit, and the probe really looked."""
    slow = {name: held.own for name, held in probe.phases.longest.items() if held.own > limit}
    assert not slow
    assert sum(held.count for held in probe.phases.longest.values()) > 20


def work(person, window, probe, model, data):
    """Open, calibrate, edit, undo, and look at another pane."""
    probe.begin("open")
    window.commands.open_path(model)
    person.wait()
    probe.begin("calibrate")
    window.workspace.runs.calibrate(data, None, None)
    person.wait()
    assert window.workspace.studio.derived.program is not None
    probe.begin("edit")
    window.workspace.edits.set_all("w8a16", "", "")
    person.wait()
    probe.begin("undo")
    window.workspace.edits.undo()
    person.wait()
    probe.begin("graph")
    window.show_pane("graph")
    person.wait()


@pytest.mark.parametrize("network", [latency.chain, latency.fan_out])
def test_a_long_network_does_not_hold_the_window_up(
    person, window, probe, collector, tmp_path, network, monkeypatch
):
    monkeypatch.setattr("tinyml_studio.app.amplified.SECONDS", 2.0)
    model = network(tmp_path / "net.onnx", LONG[network])
    work(person, window, probe, model, latency.samples(tmp_path / "x.npy"))
    within(probe)


def test_a_usual_network_does_not_either(person, window, probe, collector):
    example = find_example("digits")
    work(person, window, probe, example.model, example.calibration)
    probe.begin("evaluate")
    window.workspace.runs.evaluate()
    person.wait()
    within(probe)


def front(window, qtbot):
    """Wait for what the person asked for, and for the table that shows it."""
    held = window.workspace.runner
    qtbot.waitUntil(lambda: not held.is_busy(), timeout=120_000)
    qtbot.wait(100)


@pytest.mark.parametrize(
    ("network", "count"), [(latency.chain, LAYERS), (latency.fan_out, BRANCHES)]
)
def test_networks_of_many_thousand_layers_do_not_hold_it_up(
    qtbot, window, probe, collector, tmp_path, network, count
):
    held = window.workspace
    model, data = network(tmp_path / "net.onnx", count), latency.samples(tmp_path / "x.npy")
    steps = {
        "open": lambda: window.commands.open_path(model),
        "edit": lambda: held.edits.set_all("w4a8", "", ""),
        "undo": held.edits.undo,
        "select": lambda: window.desk.select(held.studio.layers[-3].name),
        **{name: lambda name=name: window.show_pane(name) for name in ("graph", "history")},
        "layers": lambda: window.show_pane("layers"),
        "save": lambda: held.runs.save(tmp_path / "p.tmls"),
    }
    for name, step in steps.items():
        probe.begin(name)
        step()
        front(window, qtbot)
    assert len(held.studio.layers) == count + (1 if network is latency.chain else 2)
    assert (tmp_path / "p.tmls").is_file()
    probe.begin("calibrate")
    held.runs.calibrate(data, None, None)
    qtbot.wait(BEGUN_MS)
    held.runner.cancel(Lane.FRONT)
    qtbot.waitUntil(held.runner.is_idle, timeout=120_000)
    within(probe)
