"""How long the searches take that an edit waits for: ``make bench``.

The MSE search of a layer's weights in units of one float32 matrix product of the same weights with
1,024 columns, and the layout of 500 layers in units of that of 50.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from tests.gui.states.test_graph_layout import network
from tinyml_studio.gui.states.graph_layout import layout
from tinyml_studio.quantize.ranges import weight_params
from tinyml_studio.quantize.scheme import Granularity, RangeMethod

ROUNDS = 9


def milliseconds(call: Callable[[], object]) -> float:
    """Median duration of one call."""
    spent = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        call()
        spent.append(time.perf_counter() - begin)
    return median(spent) * 1e3


def main() -> int:
    """Print both times and their ratios."""
    rng = np.random.default_rng(5)
    weight = rng.normal(size=(64, 3, 3, 64)).astype(np.float32)
    columns = rng.normal(size=(576, 1024)).astype(np.float32)
    options = {"bits": 4, "granularity": Granularity.CHANNEL, "method": RangeMethod.MSE}
    search = milliseconds(lambda: weight_params(weight, **options))
    product = milliseconds(lambda: weight.reshape(64, 576) @ columns)
    print(
        f"MSE search, 64 x 3 x 3 x 64 at 4 bits  {search:7.1f} ms  {search / product:6.1f} products"
    )
    small = milliseconds(lambda: layout(50, network(50, 3)))
    large = milliseconds(lambda: layout(500, network(500, 3)))
    print(
        f"layout of 500 layers                   {large:7.1f} ms  {large / small:6.1f} of 50 layers"
    )
    return 0
