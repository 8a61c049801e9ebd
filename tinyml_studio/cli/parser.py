"""Argument parsing whose errors are one line, as all our errors."""

from __future__ import annotations

import argparse
from typing import NoReturn

from tinyml_studio.errors import StudioError

PROGRAM = "tinyml-studio"


class UsageError(StudioError):
    """The command line itself is wrong."""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of printing its usage and leaving."""

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError`; the help of the command is a step away."""
        raise UsageError(message, hint=f"see {self.prog} --help")


def command_parser(name: str, summary: str) -> Parser:
    """The parser of one command."""
    parser = Parser(
        prog=f"{PROGRAM} {name}",
        description=summary[0].upper() + summary[1:] + ".",
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    return parser
