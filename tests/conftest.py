"""What holds for every test: nothing depends on which tests ran before it, or on who runs them."""

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


@pytest.fixture(autouse=True)
def own_state_folder(tmp_path_factory, monkeypatch):
    """Locks and autosaves of a test, and of the processes that it starts, lie in a folder of it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
