"""What holds for every test: its random numbers do not depend on which tests ran before it."""

from __future__ import annotations

import copy

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def fresh_random_numbers(request, monkeypatch):
    """Give the test a copy of its module's generator as it was after import."""
    module = request.module
    generator = getattr(module, "RNG", None)
    if isinstance(generator, np.random.Generator):
        pristine = module.__dict__.setdefault("_PRISTINE_RNG", copy.deepcopy(generator))
        monkeypatch.setattr(module, "RNG", copy.deepcopy(pristine))
