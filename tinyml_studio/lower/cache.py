"""What lowering keeps between two edits, so that only what changed is computed again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from tinyml_studio.arith.inttype import FloatArray, Int8Array
from tinyml_studio.ir.found import FoundWeights
from tinyml_studio.quantize.file_grids import weight_grid_of
from tinyml_studio.quantize.grids import with_powers_of_two
from tinyml_studio.quantize.params import QuantParams
from tinyml_studio.quantize.range_methods.method import Seen
from tinyml_studio.quantize.ranges import activation_params, weight_params
from tinyml_studio.quantize.scheme import Granularity, RangeMethod

Value = TypeVar("Value")

_KEPT = 4096
_STATES = 3


class _Recent(Generic[Value]):
    """The most recently used results by key.

    A key may hold the `id` of an object, so each entry keeps that object alive.
    """

    def __init__(self) -> None:
        self._entries: OrderedDict[Hashable, tuple[object, Value]] = OrderedDict()
        self.limit = _KEPT

    def get(self, key: Hashable, owner: object, make: Callable[[], Value]) -> Value:
        """The result for `key`, made when it is not there."""
        if key not in self._entries:
            self._entries[key] = (owner, make())
            if len(self._entries) > self.limit:
                self._entries.popitem(last=False)
        self._entries.move_to_end(key)
        return self._entries[key][1]


class LoweringCache:
    """Grids, integer weights and lowered layers by everything that they depend on.

    One cache belongs to one user of `lower`; it is not safe to share between threads.
    """

    def __init__(self) -> None:
        self._activations: _Recent[QuantParams] = _Recent()
        self._weights: _Recent[tuple[QuantParams, Int8Array]] = _Recent()
        self._layers: _Recent[object] = _Recent()

    def make_room(self, layers: int) -> None:
        """Keep the results of a network of so many layers in several states.

        One that does not fit as a whole would find nothing: the oldest goes first.
        """
        for recent in (self._activations, self._weights, self._layers):
            recent.limit = max(recent.limit, layers * _STATES)

    def activation_params(
        self,
        stats: Seen | None,
        *,
        bits: int,
        method: RangeMethod,
        percentile: float,
        manual: tuple[float, float] | None,
        powers_of_two: bool,
    ) -> QuantParams:
        """As `tinyml_studio.quantize.ranges.activation_params`."""
        return self._activations.get(
            (id(stats), bits, method, percentile, manual, powers_of_two),
            stats,
            lambda: activation_params(
                stats,
                bits=bits,
                method=method,
                percentile=percentile,
                manual=manual,
                powers_of_two=powers_of_two,
            ),
        )

    def weights(
        self,
        weight: FloatArray,
        *,
        bits: int,
        granularity: Granularity,
        method: RangeMethod,
        percentile: float,
        powers_of_two: bool,
        reach: float | None = None,
    ) -> tuple[QuantParams, Int8Array]:
        """The grid of weights ``(O, ...)`` and the integers on it, read-only."""

        def make() -> tuple[QuantParams, Int8Array]:
            params = weight_params(
                weight,
                bits=bits,
                granularity=granularity,
                method=method,
                percentile=percentile,
                reach=reach,
            )
            return _on_grid(weight, params, powers_of_two=powers_of_two)

        key = (id(weight), bits, granularity, method, percentile, powers_of_two, reach)
        return self._weights.get(key, weight, make)

    def file_weights(
        self, weight: FloatArray, held: FoundWeights, *, powers_of_two: bool
    ) -> tuple[QuantParams, Int8Array]:
        """The grid of weights that the file states, and the file's integers, read-only.

        With `powers_of_two` the file's scales are rounded up and its weights quantized anew.
        """

        def make() -> tuple[QuantParams, Int8Array]:
            return _on_grid(weight, weight_grid_of(held), powers_of_two=powers_of_two)

        return self._weights.get((id(weight), id(held), powers_of_two), (weight, held), make)

    def layer(self, key: Hashable, owner: object, make: Callable[[], Value]) -> Value:
        """A whole lowered layer; `key` holds everything that its rule reads."""
        found: Value = self._layers.get(key, owner, make)  # type: ignore[assignment]
        return found


def _on_grid(
    weight: FloatArray, params: QuantParams, *, powers_of_two: bool
) -> tuple[QuantParams, Int8Array]:
    """A grid, or the one that power-of-two scales make of it, and read-only integers on it."""
    grid = with_powers_of_two(params) if powers_of_two else params
    integers = grid.quantize(weight)
    integers.setflags(write=False)
    return grid, integers
