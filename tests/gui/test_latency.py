"""The window answers whatever runs: its thread never computes long at one thing."""

from __future__ import annotations

import pytest

from tests.gui import latency
from tinyml_studio.app.examples import find_example
from tinyml_studio.gui.collector import Collector
from tinyml_studio.gui.qt_jobs import Lane

OWN_SECONDS = 0.05
"""Of the window's thread, at one thing; longer as this machine is slower, up to the other limit."""
BESIDE_SECONDS = 0.15
"""While workers compute beside it, which costs its thread time of its own; on any machine."""
LAYERS, BRANCHES = 20_000, 5_000
"""Of the longest networks; `make bench` also calibrates, exports and evaluates them to the end."""
TIMES = 3
"""How often it is edited: what else the machine does must not fail the test."""
WHOLE = 1_500
"""Layers of the network with which everything is done to the end here."""
BEGUN_MS = 3000
LONG = {latency.chain: 700, latency.fan_out: 520}


@pytest.fixture
def probe(qtbot):
    made = latency.Probe()
    made.slowness = latency.slowness()
    yield made
    made.stop()
    made.deleteLater()


@pytest.fixture
def collector(window):
    made = Collector(window)
    made.start()
    yield made
    made.stop()


def within(probe, beside=None):
    """Every phase kept its limit, `beside` (all) the wider one, and the probe really looked."""
    factor = max(probe.slowness, latency.slowness())
    own = {name: probe.own(name) for name in probe.phases.longest}
    limits = dict.fromkeys(own, min(OWN_SECONDS * factor, BESIDE_SECONDS))
    limits |= dict.fromkeys(own if beside is None else beside, BESIDE_SECONDS)
    slow = {name: seconds for name, seconds in own.items() if seconds > limits[name]}
    assert not slow, f"on a machine {factor:.1f} times as slow"
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
    for _ in range(TIMES):
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
    assert window.workspace.runner.waits_at_once
    within(probe)


def test_a_usual_network_does_not_either(person, window, probe, collector):
    example = find_example("digits")
    work(person, window, probe, example.model, example.calibration)
    probe.begin("evaluate")
    window.workspace.runs.evaluate()
    person.wait()
    assert not window.workspace.runner.waits_at_once
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
    for name in ("open", *("edit", "undo") * TIMES, *list(steps)[3:]):
        probe.begin(name)
        steps[name]()
        front(window, qtbot)
    assert len(held.studio.layers) == count + (1 if network is latency.chain else 2)
    assert (tmp_path / "p.tmls").is_file()
    probe.begin("calibrate")
    held.runs.calibrate(data, None, None)
    qtbot.wait(BEGUN_MS)
    held.runner.cancel(Lane.FRONT)
    qtbot.waitUntil(held.runner.is_idle, timeout=120_000)
    within(probe, beside=("open", "calibrate"))


def test_all_that_is_done_with_a_long_network_leaves_the_window_free(
    qtbot, window, probe, collector, tmp_path, monkeypatch
):
    monkeypatch.setattr("tinyml_studio.app.amplified.SECONDS", 2.0)
    runs, edits = window.workspace.runs, window.workspace.edits
    model, data = latency.chain(tmp_path / "net.onnx", WHOLE), latency.samples(tmp_path / "x.npy")
    header, code = tmp_path / "n.h", window.board["code"].view
    evaluated = []
    window.workspace.evaluated.connect(evaluated.append)
    steps = {
        "open": lambda: window.commands.open_path(model),
        "calibrate": lambda: runs.calibrate(data, None, None),
        "edit": lambda: edits.set_all("w4a8", "", ""),
        "undo": edits.undo,
        "code": lambda: window.show_pane("code"),
        "evaluate": runs.evaluate,
        "export": lambda: runs.export(header, target="cortex-m4", name="n", self_test=0),
    }
    for name in ("open", "calibrate", *("edit", "undo") * TIMES, *list(steps)[4:]):
        probe.begin(name)
        steps[name]()
        qtbot.waitUntil(window.workspace.runner.is_idle, timeout=120_000)
        qtbot.wait(100)
    assert header.stat().st_size > 100 * WHOLE
    assert evaluated
    assert code.text.state.text
    within(probe)
