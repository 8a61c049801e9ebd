"""Runs the float network in ONNX Runtime, for its outputs or for any of its tensors."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.onnx_writer import write_onnx
from tinyml_studio.ir.cut import pieces
from tinyml_studio.ir.graph import Graph
from tinyml_studio.progress import give_way
from tinyml_studio.runtime.session import Session

MOST_IN_ONE = 500
"""Nodes of one session. To free one holds the interpreter, and with it the window, for as long as
it takes: a quarter of a second where it has twenty thousand."""


@dataclass(frozen=True, eq=False)
class _Step:
    """A session, the tensors that it reads and makes, and those that nobody needs behind it."""

    session: Session
    reads: tuple[str, ...]
    makes: tuple[str, ...]
    drops: tuple[str, ...] = ()


class FloatRunner:
    """The float network, ready to run; a session is made for each set of tensors asked for.

    Of a graph with a reference, tensors that have a counterpart there are computed there. Safe to
    use from several threads.
    """

    def __init__(self, graph: Graph, *, threads: int = 1) -> None:
        self._steps: dict[tuple[str, ...], tuple[_Step, ...]] = {}
        self._graph = graph
        self._reference = None
        if graph.reference is not None:
            self._reference = FloatRunner(graph.reference.graph, threads=threads)
        self._threads = threads
        self._lock = threading.Lock()

    def __del__(self) -> None:
        """Free the sessions one by one, and let others in between."""
        held = [step for steps in self._steps.values() for step in steps]
        self._steps.clear()
        while held:
            del held[-1]
            give_way()

    def run(
        self, batch: Sequence[FloatArray], tensors: Sequence[str] | None = None
    ) -> dict[str, FloatArray]:
        """Values of `tensors` in the graph's layout, ``(N, *shape)`` each.

        Parameters
        ----------
        batch
            One array ``(N, *port shape)`` per input, in the model's layout.
        tensors
            Names of graph tensors; None means all that are not constant.

        Raises
        ------
        UnsupportedError
            If an operator that they need cannot be run.
        StudioError
            If ONNX Runtime fails.
        """
        wanted = tuple(dict.fromkeys(running_tensors(self._graph) if tensors is None else tensors))
        elsewhere = self._from_reference(batch, wanted)
        values = self._run(batch, tuple(name for name in wanted if name not in elsewhere))
        return {name: (elsewhere if name in elsewhere else values)[name] for name in wanted}

    def _from_reference(
        self, batch: Sequence[FloatArray], wanted: Sequence[str]
    ) -> dict[str, FloatArray]:
        """Those of the tensors that the reference has, in this graph's shapes."""
        if self._reference is None or self._graph.reference is None:
            return {}
        names = self._graph.reference.tensors
        shared = [name for name in wanted if name in names]
        values = self._reference.run(batch, [names[name] for name in shared])
        return {name: values[names[name]].reshape(-1, *self._graph.shapes[name]) for name in shared}

    def _run(self, batch: Sequence[FloatArray], wanted: tuple[str, ...]) -> dict[str, FloatArray]:
        """Tensors of this graph."""
        if not wanted:
            return {}
        ports = self._graph.inputs
        given = {
            port.tensor: port.to_graph(array) for port, array in zip(ports, batch, strict=True)
        }
        values = dict(given)
        for step in self._needed_steps(wanted):
            made = step.session.run([values[name] for name in step.reads])
            values |= zip(step.makes, made, strict=True)
            for name in step.drops:
                del values[name]
            give_way()
        fresh = {name: value.copy() for name, value in given.items() if values[name] is value}
        return {name: (fresh if name in fresh else values)[name] for name in wanted}

    def outputs(self, batch: Sequence[FloatArray]) -> tuple[FloatArray, ...]:
        """The model's outputs in its own layout, ``(N, *port shape)`` each."""
        values = self.run(batch, [port.tensor for port in self._graph.outputs])
        return tuple(port.to_model(values[port.tensor]) for port in self._graph.outputs)

    def _needed_steps(self, tensors: tuple[str, ...]) -> tuple[_Step, ...]:
        with self._lock:
            if tensors not in self._steps:
                self._steps[tensors] = self._made_steps(tensors)
            return self._steps[tensors]

    def _made_steps(self, tensors: tuple[str, ...]) -> tuple[_Step, ...]:
        """One session for all, or those of the pieces of a long network."""
        graph, threads = self._graph, self._threads
        parts = pieces(graph, tensors, MOST_IN_ONE)
        if not parts:
            session = Session(write_onnx(graph, outputs=tensors), threads=threads)
            return (_Step(session, tuple(port.tensor for port in graph.inputs), tensors),)
        last = {port.tensor: place for place, part in enumerate(parts) for port in part.inputs}
        kept = {*tensors, *(port.tensor for port in graph.inputs)}
        steps = []
        for place, part in enumerate(parts):
            reads = tuple(port.tensor for port in part.inputs)
            makes = tuple(port.tensor for port in part.outputs)
            drops = tuple(name for name in reads if last[name] == place and name not in kept)
            steps.append(_Step(Session(write_onnx(part), threads=threads), reads, makes, drops))
        return tuple(steps)


def running_tensors(graph: Graph) -> tuple[str, ...]:
    """Every tensor that depends on the input: the inputs, then in the order of the nodes."""
    inputs = (port.tensor for port in graph.inputs)
    made = (tensor for node in graph.nodes for tensor in node.outputs)
    return (*inputs, *made)
