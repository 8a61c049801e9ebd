"""The weights of the small networks do not depend on which tests ran before."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lower import networks


@pytest.fixture(autouse=True)
def fresh_weights(monkeypatch):
    monkeypatch.setattr(networks, "RNG", np.random.default_rng(11))
