"""JSON read strictly: every value is checked where it stands, and a fault names its place."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from tinyml_studio.errors import ProjectError

_WHOLE = "the file"


class JsonFault(Exception):  # noqa: N818 - becomes a ProjectError once the file's name is known
    """A fault of the text or of a value; `str()` gives place and reason."""


@dataclass(frozen=True, slots=True)
class Item:
    """A value and the place where it stands, such as ``scheme.layers["conv1"].bits``."""

    value: object
    place: str = ""

    def fail(self, reason: str) -> NoReturn:
        """Refuse the value."""
        raise JsonFault(f"{self.place or _WHOLE}: {reason}")

    def table(self) -> Table:
        """The value as an object."""
        if not isinstance(self.value, dict):
            self.fail(f"an object is expected, not {_kind(self.value)}")
        return Table(self.value, self.place)

    def text(self) -> str:
        """The value as a string without control characters."""
        if not isinstance(self.value, str):
            self.fail(f"a text is expected, not {_kind(self.value)}")
        if "\0" in self.value:
            self.fail("a text must not hold a NUL character")
        return self.value

    def integer(self, low: int, high: int) -> int:
        """The value as an integer in [low, high]."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self.fail(f"an integer is expected, not {_kind(self.value)}")
        if not low <= self.value <= high:
            self.fail(f"{low} to {high} is possible, not {self.value}")
        return self.value

    def number(self) -> float:
        """The value as a finite number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.fail(f"a number is expected, not {_kind(self.value)}")
        try:
            number = float(self.value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.fail("the number is not finite")
        return number

    def numbers(self, count: int) -> tuple[float, ...]:
        """The value as a list of `count` finite numbers."""
        if not isinstance(self.value, list) or len(self.value) != count:
            self.fail(f"a list of {count} numbers is expected")
        return tuple(
            Item(value, f"{self.place}[{index}]").number() for index, value in enumerate(self.value)
        )

    def sizes(self, most: int) -> tuple[int, ...]:
        """The value as a list of integers from 1 to `most`."""
        if not isinstance(self.value, list):
            self.fail(f"a list of sizes is expected, not {_kind(self.value)}")
        return tuple(
            Item(value, f"{self.place}[{index}]").integer(1, most)
            for index, value in enumerate(self.value)
        )


@dataclass(frozen=True, slots=True)
class Table:
    """An object and the place where it stands."""

    values: dict[str, object]
    place: str = ""

    def require(self, key: str) -> Item:
        """The value of a key that must be there."""
        if key not in self.values:
            raise JsonFault(f"{self.place or _WHOLE}: the key {json.dumps(key)} is missing")
        return Item(self.values[key], self._below(key))

    def find(self, key: str) -> Item | None:
        """The value of a key, None when it is absent or null."""
        value = self.values.get(key)
        return None if value is None else Item(value, self._below(key))

    def items(self) -> Iterator[tuple[str, Item]]:
        """All keys and values, for a table whose keys are names."""
        for key, value in self.values.items():
            yield key, Item(value, f"{self.place}[{json.dumps(key)}]")

    def only(self, *keys: str) -> Table:
        """The same; a key that is not one of `keys` is refused."""
        for key in self.values:
            if key not in keys:
                raise JsonFault(f"{self._below(key)}: this key is not known here")
        return self

    def _below(self, key: str) -> str:
        """Place of a key's value."""
        word = key if key.isidentifier() and key.isascii() else json.dumps(key)
        return f"{self.place}.{word}" if self.place else word


def parse(text: str) -> Item:
    """Parse one JSON document; refuses duplicate keys, NaN, infinities and absurd nesting.

    Raises
    ------
    JsonFault
        With the line or the key that is wrong.
    """
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise JsonFault(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise JsonFault(f"{_WHOLE}: it is nested too deeply") from error
    except ValueError as error:
        raise JsonFault(f"{_WHOLE}: a number has too many digits") from error
    return Item(value)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose keys all differ."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise JsonFault(f"the key {json.dumps(key)} stands twice in one object")
        found[key] = value
    return found


def _no_constant(word: str) -> NoReturn:
    """Refuse what JSON does not have."""
    raise JsonFault(f"{word} is not a JSON number")


def _kind(value: object) -> str:
    """What a value is, in JSON's own words."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")


def as_project_error(path: object, fault: JsonFault) -> ProjectError:
    """The error that a person sees for a fault in the project file `path`."""
    return ProjectError(f"{path} is not a valid project", detail=str(fault))
