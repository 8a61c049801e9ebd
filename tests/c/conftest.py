"""What tests of many kernels share."""

import pytest

from tinyml_studio.verify import cross


@pytest.fixture
def quick_to_compile(monkeypatch):
    """Every kernel many times is a lot of code: optimise it less."""
    monkeypatch.setattr(cross, "_MODEL_FLAGS", ("-std=c99", "-O1"))
