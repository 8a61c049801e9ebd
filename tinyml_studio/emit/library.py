"""The C kernels of `resources/c/` as a library of functions and types, copied by need.

A file holds functions, types and a comment that describes them. A kernel that a model uses is
copied together with what it calls, once for every combination of types: the words ``TMS_...``
become types, and the prefix ``tms_`` becomes that of the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from tinyml_studio.emit.binding import PART_OF_WORD, Binding
from tinyml_studio.emit.c_text import fitted
from tinyml_studio.paths import resource

Bound = tuple[str, Binding]

_KEPT = 4096  # texts: of a few dozen headers with different prefixes

_NAME = re.compile(r"\btms_\w+")
_WORD = re.compile(r"\bTMS_(?!(?:LAYER|INLINE|FAILED)\b)[A-Z0-9_]+\b")
_FUNCTION = re.compile(r"^static [^(=]*?\b(tms_\w+)\(", re.MULTILINE)
_TYPE = re.compile(r"^\} (tms_\w+);", re.MULTILINE)
_FIELD = re.compile(r"^    (?:const )?\w+ \**(\w+)(?:\[\w+\])*;", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Item:
    """One function or type with the comment before it."""

    name: str
    text: str
    file: str

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the members of a structure, in order."""
        return tuple(_FIELD.findall(self.text))


@dataclass(frozen=True, slots=True)
class Library:
    """All items by name, and the comment at the head of each file.

    What was found out about an item under a binding is kept: every export asks for the same.
    """

    items: Mapping[str, Item]
    comments: Mapping[str, str]
    _references: dict[Bound, tuple[str, ...]] = field(default_factory=dict)
    _parts: dict[Bound, frozenset[str]] = field(default_factory=dict)
    _texts: dict[tuple[str, Binding, str], str] = field(default_factory=dict)

    def references(self, name: str, binding: Binding) -> tuple[str, ...]:
        """Other items that one names, in the order in which they appear."""
        known = self._references.get((name, binding))
        if known is None:
            found = _NAME.findall(self._bound_text(name, binding))
            others = (other for other in found if other != name and other in self.items)
            known = self._references[name, binding] = tuple(dict.fromkeys(others))
        return known

    def parts(self, name: str, binding: Binding) -> frozenset[str]:
        """Parts of the binding that an item depends on, itself or through what it names."""
        known = self._parts.get((name, binding))
        if known is None:
            own = {PART_OF_WORD[word] for word in _WORD.findall(self.items[name].text)}
            others = (self.parts(other, binding) for other in self.references(name, binding))
            known = self._parts[name, binding] = frozenset(own.union(*others))
        return known

    def instance_name(self, name: str, binding: Binding, prefix: str) -> str:
        """The name of an item in the header; a suffix tells the instances apart."""
        suffix = binding.suffix(self.parts(name, binding))
        stem = name.removeprefix("tms_")
        if stem.endswith("_t"):
            return f"{prefix}_{stem.removesuffix('_t')}{suffix}_t"
        return f"{prefix}_{stem}{suffix}"

    def instance_text(self, name: str, binding: Binding, prefix: str) -> str:
        """The C text of an item for one binding."""
        known = self._texts.get((name, binding, prefix))
        if known is None:
            if len(self._texts) >= _KEPT:
                self._texts.clear()
            known = self._texts[name, binding, prefix] = self._written(name, binding, prefix)
        return known

    def _written(self, name: str, binding: Binding, prefix: str) -> str:
        def renamed(match: re.Match[str]) -> str:
            if match[0] not in self.items:
                return f"{prefix}_{match[0].removeprefix('tms_')}"
            return self.instance_name(match[0], binding, prefix)

        text = self._bound_text(name, binding)
        for attribute in ("LAYER", "INLINE", "FAILED"):
            text = text.replace(f"TMS_{attribute}", f"{prefix.upper()}_{attribute}")
        return fitted(_NAME.sub(renamed, text))

    def _bound_text(self, name: str, binding: Binding) -> str:
        return _WORD.sub(lambda match: binding.word(match[0]), self.items[name].text)


def library() -> Library:
    """The library of all files in ``resources/c``; read once."""
    return library_of("c")


@cache
def library_of(*folders: str) -> Library:
    """The library of all files in some folders of the resources; read once."""
    items: dict[str, Item] = {}
    comments: dict[str, str] = {}
    for path in (path for folder in folders for path in sorted(resource(folder).glob("*.c"))):
        file = f"{path.parent.name}/{path.name}"
        blocks = list(_blocks(path.read_text(encoding="ascii")))
        for block in blocks:
            found = _FUNCTION.search(block) or _TYPE.search(block)
            if found:
                items[found[1]] = Item(found[1], block, file)
        comments[file] = blocks[0].split("#", 1)[0].strip() + "\n"
    return Library(MappingProxyType(items), MappingProxyType(comments))


def _blocks(text: str) -> Iterator[str]:
    """The head comment of a file, then every function and type with its comment."""
    block: list[str] = []
    for line in text.splitlines():
        if line.startswith("#") and "{" not in block:
            if block and block[0].startswith("/*"):
                yield "\n".join(block)
            block = []
        elif line or block:
            block.append(line)
        if line == "}" or re.fullmatch(r"\} \w+;", line):
            yield "\n".join(block) + "\n"
            block = []
