"""How a part of a model says no, where the file's name is not known."""


class Refused(Exception):  # noqa: N818 - an outcome: the node becomes Opaque with this reason
    """A valid node that has no counterpart in our operators; the text is the reason."""


class Malformed(Exception):  # noqa: N818 - becomes a ModelError where the place is known
    """A part of the file that breaks the rules of ONNX; the text is the reason."""
