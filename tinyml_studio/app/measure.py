"""What is known of a configuration without compiling anything: bytes, and a prediction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinyml_studio.app.derived import Derived
from tinyml_studio.app.estimating import predicted
from tinyml_studio.app.footprint import memory_of
from tinyml_studio.cost.estimate import Estimate
from tinyml_studio.errors import TargetError


def of_configuration(
    derived: Derived, target: str, held: Mapping[str, Estimate | None]
) -> dict[str, Any]:
    """What an `Attempt` keeps of memory and predictions.

    Parameters
    ----------
    derived
        The configuration.
    target
        The chip; nothing is predicted for one that is not known.
    held
        Predictions for other chips, which stay.
    """
    try:
        found = predicted(derived, target)
    except TargetError:
        found = None
    return {**memory_of(derived), "predictions": {**held, target: found}}
