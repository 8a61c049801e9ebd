"""How a part of a model says no, where the file's name is not known."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - an outcome: the node becomes Opaque with this reason
    """A valid node that has no counterpart in our operators; the text is the reason."""


class Malformed(Exception):  # noqa: N818 - becomes a ModelError where the file is known
    """A part of the file that breaks the rules of ONNX, or ours.

    Parameters
    ----------
    reason
        What is wrong.
    hint
        What the person can do.
    """

    def __init__(self, reason: str, *, hint: str = "") -> None:
        super().__init__(reason)
        self.hint = hint

    def at(self, place: str) -> Malformed:
        """The same, with the place in front of the reason."""
        return Malformed(f"{place}: {self}", hint=self.hint)
