import pytest

from tinyml_studio.gui.states.verified import verified_text
from tinyml_studio.verify.report import Run, VerifyReport

HOST = Run("host", "cc", None, 10, 20, None)
GOOD = "Verified: every byte of 16 samples agrees on this computer"
CORE = Run("cortex-m4", "gcc", 5_120_000, 10, 20, 396)


@pytest.mark.parametrize(
    ("report", "text"),
    [
        (
            VerifyReport(True, 16, 0, None, (HOST,)),
            GOOD,
        ),
        (
            VerifyReport(True, 16, 0, None, (HOST, CORE)),
            f"{GOOD} and cortex-m4 (5.12 M instructions, 396 B of stack)",
        ),
        (
            VerifyReport(True, 2, 0, None, (HOST,), ("a tool is missing",)),
            "Verified: every byte of 2 samples agrees on this computer; a tool is missing",
        ),
        (
            VerifyReport(False, 2, 5, "conv", (HOST, Run("m4", "c", 1, 1, 1, 1, match=False))),
            "Header and simulator differ on m4, first in conv",
        ),
        (
            VerifyReport(False, 2, 5, None, ()),
            "Header and simulator differ, first in an unknown layer",
        ),
    ],
)
def test_a_verification_in_words(report, text):
    assert verified_text(report) == text
