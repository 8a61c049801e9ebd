"""Runs the float network in ONNX Runtime, for its outputs or for any of its tensors."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.onnx_writer import write_onnx
from tinyml_studio.ir.graph import Graph
from tinyml_studio.runtime.session import Session


class FloatRunner:
    """The float network, ready to run; a session is made for each set of tensors asked for.

    Of a graph with a reference, tensors that have a counterpart there are computed there. Safe to
    use from several threads.
    """

    def __init__(self, graph: Graph, *, threads: int = 1) -> None:
        self._graph = graph
        self._reference = None
        if graph.reference is not None:
            self._reference = FloatRunner(graph.reference.graph, threads=threads)
        self._threads = threads
        self._sessions: dict[tuple[str, ...], Session] = {}
        self._lock = threading.Lock()

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
        inputs = [
            port.to_graph(array) for port, array in zip(self._graph.inputs, batch, strict=True)
        ]
        values = self._session(wanted).run(inputs)
        return dict(zip(wanted, values, strict=True))

    def outputs(self, batch: Sequence[FloatArray]) -> tuple[FloatArray, ...]:
        """The model's outputs in its own layout, ``(N, *port shape)`` each."""
        values = self.run(batch, [port.tensor for port in self._graph.outputs])
        return tuple(port.to_model(values[port.tensor]) for port in self._graph.outputs)

    def _session(self, tensors: tuple[str, ...]) -> Session:
        with self._lock:
            if tensors not in self._sessions:
                model = write_onnx(self._graph, outputs=tensors)
                self._sessions[tensors] = Session(model, threads=self._threads)
            return self._sessions[tensors]


def running_tensors(graph: Graph) -> tuple[str, ...]:
    """Every tensor that depends on the input: the inputs, then in the order of the nodes."""
    inputs = (port.tensor for port in graph.inputs)
    made = (tensor for node in graph.nodes for tensor in node.outputs)
    return (*inputs, *made)
