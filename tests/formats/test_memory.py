"""The limit on memory that holds while files of strangers are read."""

import sys

import numpy as np
import pytest

from tests.formats.memory import GIBIBYTE, a_gibibyte_at_most


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_more_than_a_gibibyte_is_refused_and_the_limit_ends():
    with a_gibibyte_at_most():
        assert np.empty(GIBIBYTE // 2, np.uint8).nbytes
        with pytest.raises(MemoryError):
            np.empty(5 * GIBIBYTE // 4, np.uint8)
    assert np.empty(5 * GIBIBYTE // 4, np.uint8).nbytes
