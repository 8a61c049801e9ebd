"""A model without a layer leaves nothing to run, which is said before a header is written."""

import pytest

from tests.lower.networks import network
from tinyml_studio.errors import UnsupportedError


def test_a_model_without_layers_is_refused():
    net = network([], [(3,)], outputs=("x0",))
    with pytest.raises(UnsupportedError, match="no layers"):
        net.lower()
