"""The confusion matrix: how often a sample of one class is taken for another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.gui.states.text import percent, points, whole

if TYPE_CHECKING:
    from tinyml_studio.app.confusion import Classes

MOST_CLASSES = 32
ASK = "Run the whole set to see which classes are taken for which"


@dataclass(frozen=True, eq=False)
class ConfusionState:
    """Counts by class.

    Parameters
    ----------
    counts
        ``(R, C)``: samples of the row's class that are taken for the column's class.
    names
        Class numbers of rows and columns.
    title
        Accuracy, or agreement where there are no labels.
    rows_are
        What the rows are: labels, or what the float network says.
    hint
        Why there is no matrix, or what to do.
    is_old
        It was measured before the last change.
    """

    counts: NDArray[np.int64] | None = None
    names: tuple[int, ...] = ()
    title: str = ""
    rows_are: str = ""
    note: str = ""
    hint: str = ""
    is_old: bool = False

    def about(self, row: int, column: int) -> str:
        """One line about a cell."""
        if self.counts is None or not (0 <= row < len(self.names) > column >= 0):
            return ""
        count, total = int(self.counts[row, column]), int(self.counts[row].sum())
        share = f" of {whole(total)} ({percent(count / total)})" if total else ""
        return f"{self.rows_are} {self.names[row]} taken for {self.names[column]}: {count}{share}"


def confusion_state(found: Classes, *, shows_float: bool, is_old: bool) -> ConfusionState:
    """The matrix of the integers, or of the float network; without labels integers over float."""
    said = found.real if shows_float and found.labels is not None else found.integer
    truth = found.real if found.labels is None else found.labels
    largest = int(max(truth.max(initial=0), said.max(initial=0), found.real.max(initial=0)))
    size = largest + 1
    counts = np.bincount(truth * size + said, minlength=size * size).reshape(size, size)
    said_by = "float" if shows_float and found.labels is not None else "the integers"
    rows_are = "float" if found.labels is None else "label"
    shown, note = np.arange(size), f"rows: {rows_are} · columns: taken for by {said_by}"
    if size > MOST_CLASSES:
        wrong = counts.sum(axis=1) + counts.sum(axis=0) - 2 * counts.diagonal()
        shown = np.sort(np.argsort(-wrong, kind="stable")[:MOST_CLASSES])
        note += f" · the {MOST_CLASSES} of {whole(size)} classes that are confused most"
    return ConfusionState(
        counts[np.ix_(shown, shown)],
        tuple(int(number) for number in shown),
        _title(found),
        rows_are,
        note,
        is_old=is_old,
    )


def _title(found: Classes) -> str:
    """Accuracy of both, or how often they agree."""
    count = f"{whole(found.integer.size)} samples"
    agreement = f"agreement {percent(float(np.mean(found.real == found.integer)))}"
    if found.labels is None:
        return f"{count} · {agreement} · no labels: rows are what float says"
    real, integer = (float(np.mean(said == found.labels)) for said in (found.real, found.integer))
    accuracy = f"accuracy: float {percent(real)}, integers {percent(integer)}"
    return f"{count} · {accuracy} ({points(integer - real)}) · {agreement}"
