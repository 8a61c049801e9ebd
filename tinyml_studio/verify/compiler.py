"""The C compiler of this computer: found, named, called."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tinyml_studio.errors import ToolError
from tinyml_studio.verify.process import run_tool, run_tools

_CANDIDATES = ("cc", "gcc", "clang")
_TIMEOUT = 300.0


@dataclass(frozen=True, slots=True)
class Compiler:
    """A C compiler.

    Parameters
    ----------
    command
        The program and the arguments that always stand first.
    version
        The first line that it says about itself.
    is_gcc
        Whether it is GCC, which can write down call graphs with stack sizes.
    """

    command: tuple[str, ...]
    version: str
    is_gcc: bool

    def compile(
        self, arguments: Sequence[str | Path], *, folder: Path, tick: Callable[[], None]
    ) -> None:
        """Call the compiler in a folder.

        Raises
        ------
        ToolError
            If it fails; the detail holds its first words.
        """
        self.compile_all([arguments], folder=folder, tick=tick)

    def compile_all(
        self,
        calls: Sequence[Sequence[str | Path]],
        *,
        folder: Path,
        tick: Callable[[], None],
    ) -> None:
        """Call the compiler several times at once, each with its arguments, as `compile` does."""
        commands = [(*self.command, *arguments) for arguments in calls]
        run_tools(commands, folder=folder, timeout=_TIMEOUT, tick=tick)


def find_compiler(command: str | None, *, folder: Path, tick: Callable[[], None]) -> Compiler:
    """The compiler of a command line, else of the variable CC, else the first that is installed.

    Raises
    ------
    ToolError
        If there is none; the hint names the packages that bring one.
    """
    chosen = command or os.environ.get("CC", "").strip()
    for words in [shlex.split(chosen)] if chosen else [[name] for name in _CANDIDATES]:
        if shutil.which(words[0]) is None:
            continue
        said = run_tool([*words, "--version"], folder=folder, timeout=30.0, tick=tick)
        version = said.splitlines()[0].strip() if said.strip() else words[0]
        is_gcc = "Free Software Foundation" in said and re.search("clang", said, re.I) is None
        return Compiler(tuple(words), version, is_gcc)
    missing = f"The compiler {chosen!r} was" if chosen else "No C compiler was"
    raise ToolError(
        f"{missing} not found",
        hint="install one: package gcc or clang on Linux (Debian: build-essential), "
        "xcode-select --install on macOS, or set the variable CC",
    )
