"""What a layer's integers were before the last change, to be drawn as an outline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tinyml_studio.gui.states.distribution import HistogramState, Outline
from tinyml_studio.gui.states.layer_distribution import DistributionState


class Memory:
    """Remembers the layer that is shown, as it is and as it was before its last change."""

    def __init__(self) -> None:
        self._key: object = None
        self._now: DistributionState | None = None
        self._before: DistributionState | None = None

    def compared(self, state: DistributionState, key: object) -> DistributionState:
        """The same with what it was before; `key` says what is shown, such as layer and channel."""
        if key != self._key or self._now is None:
            self._key, self._before = key, None
        elif not (
            same_grid(self._now.weights, state.weights)
            and same_grid(self._now.activations, state.activations)
        ):
            self._before = self._now
        self._now = state
        if self._before is None:
            return state
        return replace(
            state,
            weights=with_before(state.weights, self._before.weights),
            activations=with_before(state.activations, self._before.activations),
        )


def same_grid(first: HistogramState | None, second: HistogramState | None) -> bool:
    """Whether two histograms of one layer have their integers on one grid."""
    if first is None or second is None:
        return first is second
    return (
        first.limits == second.limits
        and first.exponent == second.exponent
        and np.array_equal(first.levels, second.levels)
        and np.array_equal(first.integer_shares, second.integer_shares)
    )


def with_before(
    state: HistogramState | None, before: HistogramState | None
) -> HistogramState | None:
    """A histogram with the integers of an earlier one in its own units, where they differ."""
    if state is None or before is None or before.limits is None or same_grid(state, before):
        return state
    if not before.integer_shares.size:
        return state
    ratio = 10.0 ** (before.exponent - state.exponent)
    low, high = before.limits
    outline = Outline(before.edges * ratio, before.integer_shares, (low * ratio, high * ratio))
    return replace(state, before=outline)
