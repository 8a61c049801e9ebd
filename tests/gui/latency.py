"""How long the window's thread is at one thing, and networks that would keep it long."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PySide6.QtCore import QObject, QTimer

WIDTH = 4
ROUNDS = 30_000
ROUNDS_SECONDS = 0.003
"""Computing time of so many rounds on the machine of which the limits speak."""


def slowness() -> float:
    """How much longer than that machine this one computes now; never less than 1."""
    spent = []
    for _ in range(5):
        begun = time.thread_time()
        held = {}
        for number in range(ROUNDS):
            held[number % 100] = [number, str(number)]
        spent.append(time.thread_time() - begun)
    return max(1.0, sorted(spent)[2] / ROUNDS_SECONDS)


@dataclass
class Slice:
    """The longest wait of a phase: by the clock, and what of it this thread computed itself.

    `queued` is what the longest by the clock waited for a processor that others had; None where
    the system does not tell.
    """

    wall: float = 0.0
    own: float = 0.0
    count: int = 0
    queued: float | None = None


class Queue:
    """How long this thread has been ready to run while other threads or processes did."""

    def __init__(self) -> None:
        try:
            self._file = os.open(
                f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY
            )
        except OSError:
            self._file = -1

    def seconds(self) -> float | None:
        """Since the thread began; None where the system does not tell."""
        if self._file < 0:
            return None
        return int(os.pread(self._file, 100, 0).split()[1]) / 1e9

    def close(self) -> None:
        """Ask no more."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


@dataclass
class Phases:
    """The longest waits by phase."""

    name: str = ""
    longest: dict[str, Slice] = field(default_factory=dict)


class Probe(QObject):
    """A timer that fires as often as it can; what lies between two of its calls is one slice.

    The clock also counts what other processes take away, and the wait for a worker that holds
    the interpreter; the thread's own time is a count of its work, the same on a busy machine.
    """

    def __init__(self) -> None:
        super().__init__()
        self.phases = Phases()
        self.best: dict[str, float] = {}
        self._queue = Queue()
        self._wall, self._own = time.perf_counter(), time.thread_time()
        self._queued = self._queue.seconds()
        self._timer = QTimer(self)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def begin(self, phase: str) -> None:
        """What follows belongs to this phase; of one that is begun again the best time counts."""
        self._tick()
        if phase in self.phases.longest:
            self.best[phase] = self.own(phase)
        self.phases.name = phase
        self.phases.longest[phase] = Slice()

    def stop(self) -> None:
        """Measure no more."""
        self._timer.stop()
        self._queue.close()

    def own(self, phase: str) -> float:
        """Seconds that the thread computed at one thing, in the best of the phase's times."""
        return min(self.best.get(phase, float("inf")), self.phases.longest[phase].own)

    def longest(self, phase: str) -> Slice:
        """The longest slices of a phase."""
        return self.phases.longest[phase]

    def _tick(self) -> None:
        wall, own, queued = time.perf_counter(), time.thread_time(), self._queue.seconds()
        held = self.phases.longest.get(self.phases.name)
        if held is not None:
            if wall - self._wall > held.wall and queued is not None and self._queued is not None:
                held.queued = queued - self._queued
            held.wall = max(held.wall, wall - self._wall)
            held.own = max(held.own, own - self._own)
            held.count += 1
        self._wall, self._own, self._queued = wall, own, queued


def save_model(path: Path, nodes: list, outputs: list[str], constants: list) -> Path:
    """A model of a few numbers per sample."""

    def port(name: str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, WIDTH])

    graph = helper.make_graph(
        nodes, "net", [port("x")], [port(name) for name in outputs], constants
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path


def chain(path: Path, count: int) -> Path:
    """`count` dense layers, one behind the other."""
    nodes, constants = [], [numpy_helper.from_array(np.zeros(WIDTH, np.float32), "b")]
    for number in range(count):
        weights = np.eye(WIDTH, dtype=np.float32) * (0.9 + 0.05 * (number % 5))
        constants.append(numpy_helper.from_array(weights, f"w{number}"))
        before = f"t{number - 1}" if number else "x"
        nodes.append(
            helper.make_node("Gemm", [before, f"w{number}", "b"], [f"t{number}"], f"dense_{number}")
        )
    return save_model(path, nodes, [f"t{count - 1}"], constants)


def fan_out(path: Path, count: int) -> Path:
    """One layer that `count` others read, each an output."""
    nodes = [helper.make_node("Relu", ["x"], ["r"], "root")]
    for number in range(count):
        kind = "Tanh" if number % 2 else "Sigmoid"
        nodes.append(helper.make_node(kind, ["r"], [f"t{number}"], f"branch_{number}"))
    return save_model(path, nodes, [f"t{number}" for number in range(count)], [])


def samples(path: Path, count: int = 16) -> Path:
    """Samples for either."""
    np.save(path, np.random.default_rng(0).normal(size=(count, WIDTH)).astype(np.float32))
    return path
