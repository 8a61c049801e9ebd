"""Which class a network gives to a sample."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.ir.graph import Graph
from tinyml_studio.ir.ops import HardSigmoid, Sigmoid

PROBABILITY_THRESHOLD = 0.5
LOGIT_THRESHOLD = 0.0


def classes(graph: Graph, output: NDArray[Any]) -> Int64Array:
    """Class numbers ``(N,)`` of the first output's values ``(N, *shape)``, model layout.

    The index of the largest element of the flattened sample; the first of equal ones, as a loop
    in C finds it. A single element means a decision between two classes: 1 above 0.5 when a
    sigmoid makes it, and above 0 otherwise.
    """
    flat = output.reshape(len(output), -1)
    if flat.shape[1] > 1:
        largest: Int64Array = flat.argmax(axis=1).astype(np.int64)
        return largest
    maker = graph.producers.get(graph.outputs[0].tensor)
    is_probability = maker is not None and isinstance(maker.op, Sigmoid | HardSigmoid)
    threshold = PROBABILITY_THRESHOLD if is_probability else LOGIT_THRESHOLD
    decided: Int64Array = (flat[:, 0] > threshold).astype(np.int64)
    return decided
