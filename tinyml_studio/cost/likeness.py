"""Which counted kernel instance stands in for one that was never counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

_WEIGHTS = 3  # types that the width of the weights is worth
_TYPED = re.compile(r"_(?=[swbta]\d)")


def nearest(instance: str, kernel: str, known: Collection[str]) -> str | None:
    """The instance of the same kernel with the most types in common; None where there is none.

    `instance` is the kernel's name with its types, and a star where it is called several times.
    """
    if instance in known:
        return instance
    found = [name for name in known if _types(name, kernel) is not None]
    return max(sorted(found), key=lambda name: _alike(name, instance, kernel), default=None)


def relative(name: str, known: Collection[str]) -> str | None:
    """The function with the same name but for its types, and with the most of those in common."""
    if name in known:
        return name
    bare = _TYPED.split(name, maxsplit=1)[0]
    alike = [other for other in known if _TYPED.split(other, maxsplit=1)[0] == bare]
    return nearest(name, bare, alike)


def _types(name: str, kernel: str) -> Counter[str] | None:
    """The parts of a name behind the kernel's; None where it is another kernel's."""
    bare = name.removesuffix("*")
    parts = bare.removeprefix(kernel).split("_")
    if not bare.startswith(kernel) or parts[0]:
        return None
    return None if _is_longer(parts[1:]) else Counter(parts[1:])


def _is_longer(parts: list[str]) -> bool:
    """Whether the name goes on with more than types, as ``conv2d_rows`` does behind ``conv2d``."""
    return any(part in ("rows", "patch", "gathered", "blocks", "real", "narrow") for part in parts)


def _alike(name: str, other: str, kernel: str) -> tuple[float, int]:
    one, two = _types(name, kernel) or Counter(), _types(other, kernel) or Counter()
    common = one & two
    shared = common.total() + _WEIGHTS * sum(part.startswith("w") for part in common)
    return shared - (one - two).total() / 2, int(name.endswith("*") == other.endswith("*"))
