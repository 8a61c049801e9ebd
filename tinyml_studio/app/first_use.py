"""What opens a session, loaded at its first use.

A window that starts shows its welcome page: it needs neither the readers of model files nor what
runs them, and a person would wait for them. `load` is for a thread that has nothing better to do.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tinyml_studio.app.studio import Studio

_LATER = (
    "tinyml_studio.app.sample_run",
    "tinyml_studio.formats.structure",
    "tinyml_studio.formats.translate",
    "tinyml_studio.formats.writer.registry",
    "tinyml_studio.formats.convolution",
)


def studio_class() -> type[Studio]:
    """The class `Studio`."""
    from tinyml_studio.app.studio import Studio  # noqa: PLC0415 - see above

    return Studio


def load() -> None:
    """Load everything that the first model needs, so that opening it need not."""
    studio_class()
    for name in _LATER:
        importlib.import_module(name)
    importlib.import_module("tinyml_studio.runtime.session").engine()
