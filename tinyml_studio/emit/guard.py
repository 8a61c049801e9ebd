"""Which parts of a header are for cores with Helium, Arm's vector extension, and which are not."""

from __future__ import annotations

from enum import Enum


class Guard(Enum):
    """The cores that a part of the header is compiled for."""

    NONE = ""
    HELIUM = "#ifdef {name}_HELIUM"
    OTHERS = "#ifndef {name}_HELIUM"

    def with_(self, other: Guard) -> Guard:
        """The cores of both."""
        return self if self is other else Guard.NONE

    def around(self, text: str, prefix: str) -> str:
        """The text for these cores alone; it ends with a line break."""
        if self is Guard.NONE or not text:
            return text
        return f"{self.value.format(name=prefix.upper())}\n{text}#endif\n"


def helium_head(prefix: str) -> str:
    """What says whether the core has Helium; in front of everything that asks."""
    return f"""/* Helium, the vector extension of Arm cores */
#if defined(__ARM_FEATURE_MVE) && defined(__GNUC__)
#include <arm_mve.h>
#define {prefix.upper()}_HELIUM
#endif

"""
