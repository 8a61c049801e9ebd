"""What is expensive to compute, kept by fingerprint: undo and a second look cost nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from tinyml_studio.app.sources import (
    Calibrated,
    calibrate_again,
    read_model_of,
    read_reference_of,
)
from tinyml_studio.document.document import Calibration, Document
from tinyml_studio.errors import DataError
from tinyml_studio.ir.graph import Graph
from tinyml_studio.lower.cache import LoweringCache
from tinyml_studio.progress import Progress

Value = TypeVar("Value")


class _Recent(Generic[Value]):
    """The few values that were used last, by key.

    Values are made outside the lock: a long calibration in one thread must not hold up an edit in
    another. Two threads that make the same value waste work and nothing else.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._held: dict[Hashable, Value] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of `key`, made if it is not there."""
        with self._lock:
            known = self._held.get(key)
        value = make() if known is None else known
        self.put(key, value)
        return value

    def put(self, key: Hashable, value: Value) -> None:
        """Keep a value, and drop the one that was not used for longest."""
        with self._lock:
            self._held.pop(key, None)
            self._held[key] = value
            while len(self._held) > self._limit:
                del self._held[next(iter(self._held))]


class Store:
    """Graphs and statistics of a session, and the cache of lowered layers.

    Parameters
    ----------
    limit
        How many graphs and calibrations are kept.
    """

    def __init__(self, *, limit: int = 4) -> None:
        self.lowering = LoweringCache()
        self.lowering_lock = threading.Lock()
        self._graphs: _Recent[Graph] = _Recent(limit)
        self._calibrated: _Recent[Calibrated] = _Recent(limit)

    def add_graph(self, sha256: str, graph: Graph) -> None:
        """Keep the graph of the model with that fingerprint."""
        self._graphs.put(sha256, graph)

    def graph(self, document: Document, *, progress: Progress) -> Graph:
        """The prepared graph of the document's model, with its reference.

        Raises
        ------
        ModelError
            If either cannot be read or is not the one that the document means.
        """
        graph = self._graphs.get(
            document.model_sha256, lambda: read_model_of(document, progress=progress)
        )
        held = document.reference
        if held is None:
            return graph
        return self._graphs.get(
            (document.model_sha256, held.sha256),
            lambda: read_reference_of(held, graph, progress=progress),
        )

    def add_referenced(self, document: Document, sha256: str, graph: Graph) -> None:
        """Keep the document's graph with the reference of that fingerprint."""
        self._graphs.put((document.model_sha256, sha256), graph)

    def calibrated(self, document: Document, graph: Graph, *, progress: Progress) -> Calibrated:
        """Samples and statistics of the document's calibration.

        Raises
        ------
        DataError
            If there are none, or they cannot be read, or they have changed.
        """
        held = document.calibration
        if held is None:
            raise DataError(
                "There are no calibration samples yet", hint="give data to measure the ranges on"
            )
        return self._calibrated.get(
            _calibration_key(document, held),
            lambda: calibrate_again(held, graph, progress=progress),
        )

    def add_calibrated(self, document: Document, calibrated: Calibrated) -> None:
        """Keep the statistics of the document's model on some samples."""
        self._calibrated.put(_calibration_key(document, calibrated.source), calibrated)


def _calibration_key(document: Document, held: Calibration) -> Hashable:
    """Everything that statistics depend on; where the files lie is not part of it."""
    reference = None if document.reference is None else document.reference.sha256
    return (
        document.model_sha256, reference, held.sha256, held.scale, held.offset, held.samples
    )  # fmt: skip
