"""The configurations that were seen in a session, each with what was measured of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tinyml_studio.document.budget import Budget
from tinyml_studio.document.document import Document

if TYPE_CHECKING:
    from tinyml_studio.cost.estimate import Estimate
    from tinyml_studio.simulate.evaluate import Evaluation

LIMIT = 500


@dataclass(frozen=True, slots=True)
class Quality:
    """How well the integers do.

    Parameters
    ----------
    sqnr_db
        Of the last layer, in dB.
    agreement
        Share of the samples to which float and integers give the same answer.
    accuracy
        Share of right answers; None without labels.
    samples
        Over how many samples.
    """

    sqnr_db: float
    agreement: float
    accuracy: float | None
    samples: int


def quality_of(evaluation: Evaluation) -> Quality:
    """The figures of a run."""
    last = evaluation.layers[-1].sqnr_cumulative_db if evaluation.layers else math.nan
    return Quality(last, evaluation.agreement, evaluation.integer_accuracy, evaluation.samples)


@dataclass(frozen=True, eq=False)
class Attempt:
    """One configuration. What was not measured is None.

    Parameters
    ----------
    document
        How it was seen first.
    name
        The step that led to it.
    live, full
        Over the live samples, and over all that the last evaluation had.
    data_bytes, arena_bytes
        Weights with constants in flash, and the arena in RAM; both exact.
    flash_by_layer, ram_by_layer
        Bytes of data by layer, and the most that lives in the arena while it runs.
    spare_bits
        Bits that the largest possible accumulator of each layer leaves free.
    estimates
        By the name of the chip; counted where the tools are installed.
    predictions
        By the name of the chip; None where nothing is known of its core.
    """

    document: Document
    name: str = ""
    live: Quality | None = None
    full: Quality | None = None
    data_bytes: int | None = None
    arena_bytes: int | None = None
    flash_by_layer: Mapping[str, int] = field(default_factory=dict)
    ram_by_layer: Mapping[str, int] = field(default_factory=dict)
    spare_bits: Mapping[str, int] = field(default_factory=dict)
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    predictions: Mapping[str, Estimate | None] = field(default_factory=dict)

    def known(self, target: str) -> Estimate | None:
        """The best that is known for a chip."""
        return self.estimates.get(target) or self.predictions.get(target)


class Tried:
    """All attempts, oldest first; the oldest beyond a limit are forgotten."""

    def __init__(self) -> None:
        self._attempts: list[Attempt] = []

    def __iter__(self) -> Iterator[Attempt]:
        return iter(tuple(self._attempts))

    def __len__(self) -> int:
        return len(self._attempts)

    def find(self, document: Document) -> Attempt | None:
        """What is known of a configuration; target and budget are no part of it."""
        place = self._place(document)
        return None if place is None else self._attempts[place]

    def note(self, document: Document, **known: Any) -> Attempt:  # noqa: ANN401 - of many types
        """Add to what is known."""
        place = self._place(document)
        if place is None:
            self._attempts = [*self._attempts[-LIMIT + 1 :], Attempt(document)]
            place = len(self._attempts) - 1
        held = replace(self._attempts[place], **known)
        self._attempts[place] = held
        return held

    def clear(self) -> None:
        """Forget all: another model is open."""
        self._attempts.clear()

    def _place(self, document: Document) -> int | None:
        wanted = configuration(document)
        places = range(len(self._attempts) - 1, -1, -1)
        same = (n for n in places if configuration(self._attempts[n].document) == wanted)
        return next(same, None)


def configuration(document: Document) -> Document:
    """The document without what changes nothing in the network's integers."""
    return replace(document, target=None, budget=Budget())
