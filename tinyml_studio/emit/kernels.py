"""The kernels that a header needs, each with what it calls before it."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.guard import Guard
from tinyml_studio.emit.library import Library


class Kernels:
    """Collects instances of kernels in an order that C accepts; every instance once."""

    def __init__(self, library: Library, prefix: str) -> None:
        self._library = library
        self._prefix = prefix
        self._texts: dict[str, str] = {}
        self._needed: dict[str, Guard] = {}
        self._files: set[str] = set()

    def name(self, kernel: str, binding: Binding, guard: Guard = Guard.NONE) -> str:
        """The name of a kernel's instance, which is added with all that it needs.

        `guard` says on which cores it is needed; those of several calls add up.
        """
        instance = self._library.instance_name(kernel, binding, self._prefix)
        known = self._needed.get(instance)
        needed = guard if known is None else known.with_(guard)
        if needed is not known:
            self._needed[instance] = needed
            for other in self._library.references(kernel, binding):
                self.name(other, binding, guard)
        if instance not in self._texts:
            text = self._library.instance_text(kernel, binding, self._prefix)
            self._texts[instance] = self._head(kernel) + text
        return instance

    def fields(self, struct: str) -> tuple[str, ...]:
        """Members of a structure, in order."""
        return self._library.items[struct].fields

    def text(self) -> str:
        """All instances."""
        return "\n".join(
            self._needed[name].around(text, self._prefix) for name, text in self._texts.items()
        )

    def _head(self, kernel: str) -> str:
        """The comment of the kernel's file, before the first kernel from there."""
        file = self._library.items[kernel].file
        if file in self._files:
            return ""
        self._files.add(file)
        return self._library.comments[file] + "\n"
