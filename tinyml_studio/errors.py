"""Errors that speak to a person: what happened, where, and what to do about it."""

from __future__ import annotations

from pathlib import Path


class StudioError(Exception):
    """An error that is shown to the user as it stands; the call or the input is wrong.

    Parameters
    ----------
    title
        What happened and where, one sentence: names the file and the place.
    detail
        The reason, when the title alone does not say it.
    hint
        What the person can do.
    """

    def __init__(self, title: str, *, detail: str = "", hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.hint = hint

    def __str__(self) -> str:
        """All parts on one line, as the command line prints them."""
        text = self.title
        if self.detail:
            text += f": {self.detail}"
        if self.hint:
            text += f" ({self.hint})"
        return text


class ModelError(StudioError):
    """A model file that cannot be read, or that breaks a rule of the trust boundary."""


class GraphError(StudioError):
    """A graph that breaks an invariant; names the node and the tensor."""


class DataError(StudioError):
    """Samples that cannot be read or do not fit the model."""


class SchemeError(StudioError):
    """A choice of bits, granularity or range that is refused; names the layer."""


class UnsupportedError(StudioError):
    """An operator or a property that cannot run as integers; names the layer."""


class ProjectError(StudioError):
    """A project file that cannot be read or written."""


class OpenSizesError(ModelError):
    """A model whose inputs have axes without a size; `inputs` are those, with None for each."""

    inputs: tuple[tuple[str, tuple[int | None, ...]], ...] = ()


class LostModelError(ModelError):
    """The model that a project names is missing; or `other` is another one."""

    other: Path | None = None


class LostDataError(DataError):
    """The calibration samples that a project names are missing; or `other` are other ones."""

    other: Path | None = None


class SaveError(ProjectError):
    """A project file that cannot be written where it should be."""


class ChangedFileError(ProjectError):
    """A project file that somebody else has changed since it was read; it was left as it is."""


class ExportError(StudioError):
    """A header or another file that cannot be written."""


class TargetError(StudioError):
    """A target that is not known, or whose file breaks the schema; names file, key and reason."""


class ToolError(StudioError):
    """A compiler or another outside tool that is missing or has failed."""


class Cancelled(Exception):  # noqa: N818 - an outcome that the user asked for, not an error
    """The user cancelled the job; nothing has changed."""
