"""TinyML Studio: what quantization does to a network, and the exact integers of the chip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tinyml_studio.version import __version__

if TYPE_CHECKING:
    from tinyml_studio.app.studio import Studio

__all__ = ["Studio", "__version__"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the module protocol of PEP 562
    """Import `Studio` when it is asked for, so that ``--version`` loads nothing heavy."""
    if name == "Studio":
        from tinyml_studio.app.studio import Studio  # noqa: PLC0415

        return Studio
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
