"""Names from a file: valid text of a bounded length, and unique ones where there are none."""

from __future__ import annotations

from collections.abc import Iterable

from tinyml_studio.formats.limits import MAX_NAME_LENGTH
from tinyml_studio.formats.refusal import Malformed


def checked_name(name: object, what: str, *, empty: bool = False) -> str:
    """A name that is text; protobuf hands out bytes when it is not UTF-8.

    Raises
    ------
    Malformed
        For bytes, an empty name (unless `empty`) and one that is too long.
    """
    if not isinstance(name, str):
        raise Malformed(f"the name of a {what} is not valid text: {name!r:.80}")
    if not name and not empty:
        raise Malformed(f"a {what} has no name")
    if len(name) > MAX_NAME_LENGTH:
        raise Malformed(f"the name of a {what} has {len(name)} characters: {name[:40]!r}...")
    return name


class Names:
    """Hands out unique names; those of the file belong to who claims them first.

    Parameters
    ----------
    taken
        Names that occur in the file, never given to anybody else.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self._reserved = set(taken)
        self._claimed: set[str] = set()

    def claim(self, wanted: str, otherwise: str) -> str:
        """The file's own name when it has one that is still free, else a made-up one."""
        if wanted and wanted not in self._claimed:
            self._claimed.add(wanted)
            return wanted
        return self.fresh(otherwise)

    def fresh(self, base: str) -> str:
        """A name that occurs nowhere else, as close to `base` as possible."""
        name, count = base, 1
        while name in self._reserved or name in self._claimed:
            count += 1
            name = f"{base}_{count}"
        self._claimed.add(name)
        return name
