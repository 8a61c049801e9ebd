"""Whether Qt can open a window here: found out before Qt would end the process. No Qt inside."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from tinyml_studio.errors import StudioError

PACKAGES: Mapping[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""Debian and Ubuntu packages by the library that Qt loads."""

USUAL = (
    "libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0 "
    "libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 "
    "libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1"
)
"""What a Debian without a desktop lacks."""


def check_display(*, draws_only: bool) -> None:
    """Make sure that Qt can start; choose its off-screen platform where a picture is all we want.

    Parameters
    ----------
    draws_only
        Nobody has to see the window: it is only drawn into a file.

    Raises
    ------
    StudioError
        If there is no display, or a library is missing; names the packages that bring it.
    """
    if not sys.platform.startswith("linux"):
        check_bindings()
        return
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if not platform and not has_display(os.environ):
        if not draws_only:
            raise StudioError(
                "There is no display to open the window on",
                detail="neither DISPLAY nor WAYLAND_DISPLAY is set",
                hint="start it from a desktop, or use the commands, which need no display",
            )
        os.environ["QT_QPA_PLATFORM"] = platform = "offscreen"
    check_bindings()
    if platform.startswith("xcb") or (not platform and "WAYLAND_DISPLAY" not in os.environ):
        _check_x11()


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether a display server is named."""
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def check_bindings() -> None:
    """Import Qt; StudioError names what is missing."""
    try:
        importlib.import_module("PySide6.QtWidgets")
        importlib.import_module("PySide6.QtSvg")
    except ImportError as error:
        raise missing_library(str(error)) from error


def missing_library(message: str) -> StudioError:
    """The error for a message of the loader such as ``libEGL.so.1: cannot open …``."""
    found = re.search(r"(lib[\w.+-]+\.so(?:\.\d+)*)", message)
    if found is None:
        return StudioError(
            "Qt cannot be loaded",
            detail=message,
            hint="install it with: pip install PySide6-Essentials pyqtgraph",
        )
    library = found[1]
    package = PACKAGES.get(library, "")
    first = f"{package} brings it; " if package else ""
    return StudioError(
        f"Qt needs the system library {library}, which is missing",
        hint=f"{first}on Debian or Ubuntu: sudo apt install {USUAL}",
    )


def _check_x11() -> None:
    """Load Qt's X11 plugin and connect once, both of which Qt would answer with an abort."""
    try:
        plugin = _x11_plugin()
        if plugin is not None:
            ctypes.CDLL(str(plugin))
        library = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        raise missing_library(str(error)) from error
    library.xcb_connect.restype = ctypes.c_void_p
    library.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    library.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    library.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = library.xcb_connect(None, None)
    refused = library.xcb_connection_has_error(connection)
    library.xcb_disconnect(connection)
    if refused:
        raise StudioError(
            f"The display {os.environ.get('DISPLAY', '')!r} cannot be opened",
            hint="check DISPLAY, or use the commands, which need no display",
        )


def _x11_plugin() -> Path | None:
    """The file of Qt's X11 plugin."""
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None:
        return None
    plugin = Path(spec.origin).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    return plugin if plugin.exists() else None
